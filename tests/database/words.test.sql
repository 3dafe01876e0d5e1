-- Words: what homes are found by of what their hosts wrote, in their language, misspelled and without accents.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');

create function pg_temp.tell(home text, host text, language text, title text, description text default '') returns void language plpgsql as $$
begin
  perform tests.home(home, host);
  update public.listings set title = tell.title, description = tell.description, language = tell.language,
    latitude = 48.5 + 0.01 * (select count(*) from public.listings), longitude = 2.3
  where listing_id = tests.id(home);
end $$;
create function pg_temp.found(words text, more text default '') returns text language plpgsql as $$
declare
  homes text;
begin
  perform tests.become_anon();
  execute format(
    $q$ select coalesce(string_agg(home, ' ' order by home), 'nobody') from (
          select split_part(title, '|', 2) as home from public.search_listings(%s words => %L, page_size => 100)) as one $q$,
    more, words) into homes;
  perform tests.back();
  return homes;
end $$;

-- After the bar stands which home it is, in letters that nobody asks for.
select pg_temp.tell('villa', 'ada', 'en', 'Quiet villa by the lake |xa', 'Two houses with pools, and a terrace. No smoking.');
select pg_temp.tell('casa',  'ada', 'es', 'Casa tranquila con piscina |xb', 'Dos habitaciones y una terraza con vistas al mar.');
select pg_temp.tell('haus',  'alan', 'de', 'Häuser am See |xc', 'Große Terrasse, keine Straße. Mühle nebenan.');
select pg_temp.tell('gite',  'alan', 'fr', 'Gîte de l’Été |xd', 'Une chambre, une cheminée, un œuf au plat.');
select pg_temp.tell('plain', 'hedy', null, 'Loft with pools |xe', 'Apartment above a bakery/café, wi-fi.');
select pg_temp.tell('odd',   'hedy', 'tlh', 'jachHom |xf', 'Москва, студия. 東京');
set constraints all immediate;
select private.count_places(1000);

select is(pg_temp.found(words), homes, format('%s: %s', words, homes))
from (values
  ('villa', 'xa'), ('VILLAS', 'xa'), ('the villa', 'xa'), ('house pool', 'xa'), ('a house with the pool', 'xa'),
  ('villa xyzzy', 'nobody'), ('smoke', 'xa'),
  -- Each in its own language: -s is a plural in English, and is not for who did not say.
  ('pool', 'xa xe'), ('pools', 'xa xe'), ('bakeries', 'nobody'), ('terrazas', 'xb'),
  ('habitación', 'xb'), ('habitacion', 'xb'), ('casas tranquilas', 'xb'),
  ('haus', 'xc'), ('HÄUSER', 'xc'), ('hauser', 'xc'), ('strasse', 'xc'), ('gross', 'xc'), ('muehle', 'nobody'), ('muhle', 'xc'),
  ('gite', 'xd'), ('l''ete', 'xd'), ('ete', 'xd'), ('oeuf', 'xd'), ('cheminées', 'xd'), ('chambres', 'xd'),
  ('bakery', 'xe'), ('cafe', 'xe'), ('wi-fi', 'xe'), ('wi fi', 'xe'), ('bakery/cafe', 'xe'),
  ('москва', 'xf'), ('МОСКВА', 'xf'), ('東京', 'xf'), ('jachhom', 'xf'),
  -- Words that a language leaves out stand for nothing in it, and for themselves elsewhere.
  ('with', 'xe'), ('the', 'nobody'), ('sea', 'nobody'),
  -- One of two, one after another, without one
  ('villa or piscina', 'xa xb'), ('"quiet villa"', 'xa'), ('"villa quiet"', 'nobody'), ('pools -loft', 'xa'),
  ('terrace -"two houses"', 'nobody'), ('terrace -"houses two"', 'xa'), ('villa - lake', 'xa'), ('-loft', 'xa xb xc xd xf'), ('-loft -villa', 'xb xc xd xf'), ('piscina or -pools', 'xb xc xd xf'),
  -- Misspelled, as a word of a title is spelled
  ('vila', 'xa'), ('vila lake', 'xa'), ('tranqila', 'xb'), ('picsina', 'nobody'), ('piscna', 'xb'), ('hauser am se', 'nobody'),
  ('lofft', 'xe'), ('bakry', 'nobody'), ('lak', 'nobody'), ('"quiett villa"', 'xa'), ('pools -lofft', 'xa xe')) as asked (words, homes);

select is(tests.outcome('anon', format('select * from public.search_listings(words => %L)', words)), 'invalid_words',
  format('%s is no word', left(words, 10)))
from unnest(array['!?', '-', '""', repeat('a', 101), U&'\0301']) as words;
select matches(tests.outcome('anon', format('select * from public.search_listings(words => %L)', words)), '^[0-9]+$',
  left(words, 20) || ' is nothing bad')
from unnest(array[repeat('a ', 50), repeat('"', 99) || 'a', '''); drop table x; --', repeat('-', 99) || 'b', '\ a & | ! <-> (', 'a:*', 'or', 'or or',
  repeat(U&'\FDFA', 100)]) as words;

select is(tests.outcome('anon', format('select * from public.search_listings(words => %L)', words)),
  tests.outcome('anon', 'select * from public.search_listings()'), 'a search box that was left empty asks for no words')
from unnest(array['', '  ']) as words;

-- Together with all else, and the same for maps, counts and flexible days

select is(pg_temp.found('pools', 'minimum_rating => 4,'), 'nobody', 'other filters count too');
select is(pg_temp.found('pools', 'north => 48.52, south => 48.4, west => 2, east => 3,'), 'xa', 'so does the box');
select is(pg_temp.found('pools', 'latitude => 48.5, longitude => 2.3, radius_metres => 2500, sort => ''distance'','), 'xa', 'and the circle');
select is(pg_temp.found('pools', format('%s sort => %L,', days, sort)), 'xa xe', format('by %s %s', sort, days))
from unnest(array['price', 'rating', 'newest']) as sort,
  unnest(array['', 'check_in => ''2031-06-10'', check_out => ''2031-06-12'',']) as days;
select is((select count(*) from public.search_pins(words => 'pools')), 2::bigint, 'a map shows them');
select is((select (one).homes from public.search_facets(words => 'pools') as one), 2, 'facets count them');
select is((select sum(facet.homes) from unnest((public.search_facets(words => 'pools')).room_types) as facet), 2::bigint, 'and by kind');
select set_eq(
  $$ select listing_id from public.search_flexible_days(month => '2031-06', nights => 2, words => 'pools') $$,
  $$ select tests.id(home) from unnest(array['villa', 'plain']) as home $$, 'flexible days are those of these homes');
select is((select count(*) from public.search_flexible_days(month => '2031-06', nights => 2, words => 'xyzzy')), 0::bigint, 'of none, none');
select cmp_ok((select count(*) from public.search_price_calendar(month => '2031-06', nights => 2, words => 'pools')), '>', 25::bigint, 'and the calendar');
select is(tests.outcome('anon', 'select * from public.search_flexible_days(month => ''2031-06'', nights => 2, words => ''?'')'), 'invalid_words',
  'words are checked there too');

-- They follow what is written

update public.listings set title = 'Windmill |xa' where listing_id = tests.id('villa');
update public.listings set language = 'en' where listing_id = tests.id('plain');
set constraints all immediate;
select is(pg_temp.found('villa'), 'nobody', 'a word that was taken out finds nobody');
select is(pg_temp.found('windmills'), 'xa', 'a new one does at once');
select is(pg_temp.found('bakeries'), 'xe', 'a language makes forms known');
select is(pg_temp.found('windmil'), 'xa', 'its stem alone may be enough');
select is(pg_temp.found('wimdmill'), 'nobody', 'words that are misspelled know new ones');
select private.count_places(1000);
select is(pg_temp.found('wimdmill'), 'xa', 'after the next run of the job');
update public.listings set status = 'hidden' where listing_id = tests.id('villa');
set constraints all immediate;
select is(pg_temp.found('windmill'), 'nobody', 'a home that is hidden is not found by its words');
create temp table kept as select * from private.listing_words;
delete from private.listing_words;
select private.rebuild_search();
select set_eq('select * from private.listing_words', 'select * from kept', 'a rebuild makes the same words');

-- A new home speaks its owner's language.
select tests.person('grace');
update public.private_profiles set locale = 'de-AT' where profile_id = tests.person('grace');
select tests.become('grace');
select is((public.create_listing(tests.id('new'), 'Hütte', 'Europe/Vienna', 'EUR')).language, 'de', 'a draft speaks the language of its owner');
select is(tests.outcome('grace', $$ update public.listings set language = 'it' where listing_id = tests.id('new') $$), '1', 'who can say another');
select tests.back();

-- Many homes

select tests.home('room ' || number, 'margaret') from generate_series(1, 3) as number;
select private.begin_bulk_load();
insert into public.listings (listing_id, host_id, status, title, description, latitude, longitude, time_zone, currency, language)
select md5('many ' || number)::uuid, tests.person('margaret'), 'draft', 'Room ' || number, 'common', 10, 10, 'UTC', 'EUR', 'en'
from generate_series(1, 3000) as number;
select private.refresh_whole_search(array_agg(md5('many ' || number)::uuid)) from generate_series(1, 3000) as number;
select set_config('staybase.bulk_load', '', true);
update public.listings set description = 'common' where listing_id in (select tests.id('room ' || number) from generate_series(1, 3) as number);
set constraints all immediate;
select is(private.homes_with_words(private.word_query('common')), null, 'of more than 3000 homes there is no list');
select is(cardinality(private.homes_with_words(private.word_query('common -1000'))), null, 'nor here');
select is(cardinality(private.homes_with_words(private.word_query('common 1000'))), 1, 'of one there is');
select is((private.search_terms(jsonb_populate_record(null::private.search_wish,
  '{"guests": 1, "infants": 0, "pets": 0, "words": "common"}'))).words is not null, true, 'so each home is asked');
select is((select count(*) from public.search_listings(words => 'commons')), 3::bigint, 'and the same are found');
select is((select count(*) from public.search_pins(words => 'commons')), 3::bigint, 'also on a map');
select is((select (one).homes from public.search_facets(words => 'commons') as one), 3, 'and counted');
select is((select count(*) from public.search_listings(words => 'commons', west => 2, south => 48, east => 3, north => 49, sort => 'rating')), 3::bigint,
  'in a box');

-- Rare words are found by the index, and then alone gone through. Of frequent ones it is not read.
analyze private.listing_words;
select is(cardinality(private.homes_with_words(private.word_query('common 1000'))), 1, 'one home has a rare word, among many as well');
select is(private.homes_with_words(private.word_query('common')), null, 'a frequent one has no list then either');
create function pg_temp.plan(asked text) returns text language plpgsql as $$
declare
  text text := '';
  line text;
begin
  set local enable_seqscan = off;
  for line in execute asked loop text := text || line || E'\n'; end loop;
  return text;
end $$;
select matches(pg_temp.plan($$ explain (costs off) select listing_id from private.listing_words
  where words @@ private.word_query('1000') limit 3001 $$), 'Bitmap Index Scan on listing_words_words_idx', 'an index has the words');
select matches(pg_temp.plan($$ explain (costs off) select word from private.search_words
  order by word operator(extensions.<->) 'wimdmill' limit 6 $$), 'Index Scan using search_words_word_idx', 'and what is spelled alike');

select * from finish();
rollback;
