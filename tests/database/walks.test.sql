-- Walks: each follows its index, and sorts nothing that it does not show.

begin;
select no_plan();

-- As many homes as make an index worth its while. Of few, or of pages that an earlier test left empty,
-- any plan will do.
select tests.at('2031-05-20 12:00+00');
select tests.home('home ' || number, 'ada', 10000) from generate_series(1, 30) as number;
set constraints all immediate;
set local session_replication_role = replica;
do $$
declare
  columns text := (
    select string_agg(quote_ident(attname), ', ') from pg_attribute
    where attrelid = 'private.listing_search'::regclass and attnum > 0 and attgenerated = '' and not attisdropped);
begin
  execute format('insert into private.listing_search (%1$s)
    select %1$s
    from (select home from private.listing_search as home limit 1) as one, generate_series(1, 5000) as number,
      jsonb_populate_record(one.home, jsonb_build_object(''listing_id'', gen_random_uuid(),
        ''place'', point(number %% 360 - 180, number %% 170 - 85), ''lowest_minor'', 5000 + number,
        ''price_minor'', 5000 + number, ''score'', number %% 50,
        ''published_at'', private.now() - number * interval ''1 minute''))', columns);
end $$;
set local session_replication_role = origin;
analyze private.listing_search;

create function pg_temp.plan(walk text) returns text language plpgsql as $$
declare
  body text := substring(pg_get_functiondef(('private.' || walk)::regproc) from 'return query(.*)limit terms.most');
  text text := '';
  line text;
  name text;
begin
  set local plan_cache_mode = force_generic_plan;
  set local enable_seqscan = off;
  set local enable_bitmapscan = off;
  -- As for the API's logins.
  set local random_page_cost = 1.1;
  -- The same statement with its terms as a parameter.
  body := regexp_replace(regexp_replace(body, '\mterms\.(\w+)', '($1).\1', 'g'), '\mterms\M', '$1', 'g');
  execute format('prepare walk (private.search_terms) as %s limit 20', body);
  for line in execute 'explain (costs off) execute walk (null)' loop
    text := text || line || E'\n';
  end loop;
  deallocate walk;
  return text;
end $$;

select matches(pg_temp.plan('walk_tiles_' || level), 'Merge Append.*(Index Scan using listing_search_tile_' || level || '_idx.*){9}',
  format('the walk through tiles of level %s merges nine of them', level))
from unnest('{3,5,7,9,11,13}'::integer[]) as level;
select matches(pg_temp.plan('walk_tiles_' || level), '(Index Cond: [^\n]*longitude_e4[^\n]*latitude_e4[^\n]*short_night_minor[^\n]*week_night_minor.*){9}',
  format('a home beside the box or too dear is left out by the index of level %s alone', level))
from unnest('{3,5,7,9,11,13}'::integer[]) as level;
select doesnt_match(pg_temp.plan('walk_tiles_' || level), '->  Sort|Seq Scan', format('and sorts nothing (%s)', level))
from unnest('{3,5,7,9,11,13}'::integer[]) as level;
select matches(pg_temp.plan(walk), 'Index Scan( Backward)? using ' || index_name, format('%s follows %s', walk, index_name))
from (values
  ('walk_by_lowest',     'listing_search_lowest_minor_idx'),
  ('walk_by_price',      'listing_search_price_minor_idx'),
  ('walk_by_rating',     'listing_search_score_idx'),
  ('walk_by_newest',     'listing_search_published_at_idx'),
  ('gather_by_distance', 'listing_search_place_idx')) as expected (walk, index_name);
select doesnt_match(pg_temp.plan(walk), '->  Sort|Seq Scan', format('%s sorts nothing', walk))
from unnest(array['walk_by_lowest', 'walk_by_price', 'walk_by_rating', 'walk_by_newest']) as walk;


-- What a walk compares with is a part of it: called for each home, it would cost a hundred times as much.
select doesnt_match(pg_temp.plan(proname), 'Function Scan on (fits|in_tile|least)', format('%s calls no rule for a home', proname))
from pg_proc
where pronamespace = 'private'::regnamespace and proname ~ '^(walk|gather)_' and proretset;

-- The cards of a page are read by key, however many homes there are.
delete from private.listing_search where not exists (select from public.listings where listings.listing_id = listing_search.listing_id);
set local enable_seqscan = on;
set local enable_bitmapscan = on;
set local plan_cache_mode = auto;
insert into public.listing_ratings (listing_id, review_count, imported_reviews)
select listing_id, 0, 0 from public.listings on conflict do nothing;
set constraints all immediate;
analyze public.listings, public.listing_ratings;
create temporary table scans on commit drop as
select table_name, pg_stat_get_xact_numscans(table_name::regclass) as before
from unnest(array['public.listings', 'public.listing_ratings']) as table_name;
select is((select count(*)::integer from public.search_listings()), 20, 'a page has twenty of the thirty homes');
select is(pg_stat_get_xact_numscans(table_name::regclass) - before, 0::bigint, format('and does not go through %s', table_name))
from scans;
select cmp_ok(prorows, '<=', 100::real, 'whoever joins cards to the stays of flexible days expects a page of them')
from pg_proc where oid = 'private.cheapest_stays'::regproc;

-- Quotes and bookings go by keys from the first one on, while the tables are still empty.
-- Now Postgres knows that they are empty, as after a vacuum.
analyze public.bookings, public.payments, public.booking_lines, private.claims;
select tests.person('grace');
truncate scans;
insert into scans
select table_name, pg_stat_get_xact_numscans(table_name::regclass)
from unnest(array['public.bookings', 'public.payments', 'private.claims']) as table_name;
select tests.book('visit', 'grace', 'home 1', '2031-06-02', '2031-06-05');
select is(pg_stat_get_xact_numscans(table_name::regclass) - before, 0::bigint, format('a quote and a booking do not go through %s', table_name))
from scans;

select * from finish();
rollback;
