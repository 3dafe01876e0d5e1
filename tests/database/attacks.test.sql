-- Attacks: what people try who mean no good, each with the harm it once did.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.person(name) from unnest(array['ada', 'hedy', 'grace', 'alan']) as name;
select tests.home('mill', 'ada');
select tests.home('barn', 'ada');
select tests.become('ada');
select public.create_listing(tests.id('attic'), 'Attic', 'Europe/Paris', 'EUR');
select public.create_listing(tests.id('shed'), 'Shed', 'Europe/Paris', 'EUR');
insert into public.length_discounts (listing_id, minimum_nights, discount_bp) values (tests.id('mill'), 7, 1000);
select tests.back();

-- A host moves a row to another listing: the first one was found, and every quote for it failed with a 500.

select is(
  tests.outcome('ada', format('update public.%s set listing_id = tests.id(''attic'') where listing_id = tests.id(''mill'')', relation)),
  'frozen', 'rows of ' || relation || ' stay with their listing')
from unnest(array['listing_prices', 'listing_addresses', 'listing_access', 'length_discounts']) as relation;
select is(
  tests.outcome('ada', $$ insert into public.listing_prices (listing_id, base_price_minor) values (tests.id('mill'), 12000)
    on conflict (listing_id) do update set listing_id = excluded.listing_id, base_price_minor = excluded.base_price_minor $$),
  '1', 'an upsert, as PostgREST writes it, names the listing and leaves it');

-- A host takes the city out of a published listing: no mail about it could be written any more.

select tests.become('ada');
update public.listings set city = null where listing_id = tests.id('barn');
select tests.back();
select tests.book('visit', 'grace', 'barn', '2031-06-02', '2031-06-05');
select is(private.mail_facts(tests.id('visit'), tests.person('grace')) ->> 'city', '', 'a place without a name has an empty one');

-- A login goes while its token is still good: the person wrote themselves back into the books, and hosted on.

select tests.become('ada');
select public.add_cohost(tests.id(home), tests.person('hedy'), 'full') from unnest(array['mill', 'shed']) as home;
select public.hide_listing(tests.id('mill'));
select tests.back();
-- Not tests.person: asked for each row, it would sign her up again.
delete from auth.users where id = tests.id('ada');

create function pg_temp.tries_with_an_old_token(statement text) returns text language plpgsql as $$
declare
  touched bigint;
begin
  perform set_config('request.jwt.claims',
    json_build_object('sub', tests.id('ada'), 'role', 'authenticated', 'aud', 'authenticated')::text, true);
  set local role authenticated;
  begin
    execute statement;
    get diagnostics touched = row_count;
    raise exception using errcode = 'UNDO1', message = touched::text;
  exception when others then
    perform tests.back();
    return case when sqlstate = 'UNDO1' or sqlstate like 'PT%' then sqlerrm else sqlstate end;
  end;
end $$;

select is(pg_temp.tries_with_an_old_token(statement), outcome, statement)
from (values
  ('update public.profiles set display_name = ''Ada again''', '0'),
  ('update public.private_profiles set phone = ''+4930123456''', '0'),
  ('update public.listings set title = ''Still mine''', '0'),
  ('update public.listing_access set door_code = ''0000''', '0'),
  ('update public.listing_prices set base_price_minor = 1', '0'),
  ('update public.booking_rules set minimum_nights = 3', '0'),
  ('delete from public.length_discounts', '0'),
  ('insert into public.listing_amenities (listing_id, amenity) values (tests.id(''mill''), ''wifi'')', '42501'),
  ('select * from public.listing_blocks(tests.id(''mill''))', 'not_your_listing'),
  ('select * from public.block_nights(tests.id(''mill''), ''2031-07-01'', ''2031-07-02'')', 'account_closed'),
  ('select * from public.publish_listing(tests.id(''mill''))', 'account_closed')) as tried (statement, outcome);

-- The owner is gone: whoever hosts with them could show the home again, and nobody would have been paid.

select is(tests.outcome('hedy', $$ select public.publish_listing(tests.id('mill')) $$), 'account_closed',
  'a co-host cannot publish what nobody owns');
select is(tests.outcome('hedy', $$ update public.listings set title = 'The mill' where listing_id = tests.id('mill') $$), '1',
  'but still keeps it in order');

select * from finish();
rollback;
