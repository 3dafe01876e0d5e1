-- Similar homes: which others a guest sees beside a home.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
select tests.person(name) from unnest(array['grace', 'margaret']) as name;
select tests.home('mill', 'ada', 10000);
select tests.home('twin', 'alan', 10000);
select tests.home('dear', 'alan', 40000);
select tests.home('room', 'alan', 10000);
select tests.home('hall', 'alan', 10000);
select tests.home('far', 'alan', 10000);
select tests.home('penny', 'alan', 10);
update public.listings set longitude = 2.35, latitude = 48.85;
update public.listings set room_type = 'private_room' where listing_id = tests.id('room');
update public.listings set capacity = 20 where listing_id = tests.id('hall');
update public.listings set longitude = 3.35, latitude = 49.85 where listing_id = tests.id('far');
set constraints all immediate;

create function pg_temp.similar(arguments text default '', asking text default 'anon') returns text language plpgsql as $$
declare
  names text;
begin
  if asking = 'anon' then perform tests.become_anon(); else perform tests.become(asking); end if;
  execute format('select coalesce(string_agg(lower(title), '' '' order by place), ''nothing'')
    from (select *, row_number() over () as place from public.similar_homes(tests.id(''mill'')%s)) as found', arguments) into names;
  perform tests.back();
  return names;
end $$;

select is(pg_temp.similar(), 'twin room dear hall far penny', 'the most alike first: kind, price, size and distance count');
select is(pg_temp.similar(', page_size => 2'), 'twin room', 'as many as were asked for');
select is(pg_temp.similar(', ''2031-06-10'', ''2031-06-12'''), 'twin room dear hall far',
  'with days, what costs too little to be booked is left out');
select is(
  (select total_minor from public.similar_homes(tests.id('mill'), '2031-06-10', '2031-06-12', 2) limit 1),
  (public.quote_stay(tests.id('twin'), '2031-06-10', '2031-06-12', 2)).total_minor, 'with the total of a quote');
select tests.book('visit', 'grace', 'twin', '2031-06-11', '2031-06-13');
set constraints all immediate;
select is(pg_temp.similar(', ''2031-06-10'', ''2031-06-12'''), 'room dear hall far', 'a home that is taken is no help');
select is(pg_temp.similar(', guests => 10'), 'hall', 'guests count');
select is(pg_temp.similar(', ''2031-06-20'', ''2031-06-22''', 'alan'), 'nothing', 'nobody is offered what they host themselves');

select is(
  (select round(distance_metres) from public.similar_homes(tests.id('mill')) where title = 'Far'),
  round(private.metres_between(48.85, 2.35, point(3.35, 49.85))), 'how far it is is told');
update public.listings set longitude = 179.99, latitude = -16.8 where listing_id = tests.id('mill');
update public.listings set longitude = -179.99, latitude = -16.8 where listing_id = tests.id('far');
set constraints all immediate;
select is(pg_temp.similar(', page_size => 1'), 'far', 'the nearest may lie across the 180th meridian');
select is(
  (select array_agg(listing_id order by listing_id) from public.similar_homes(tests.id('mill'))),
  (select array_agg(listing_id order by listing_id) from public.listings where listing_id <> tests.id('mill')),
  'and each is named once');

insert into private.suspensions (profile_id, reason) values (tests.person('alan'), 'Complaints.');
select is(pg_temp.similar(), 'nothing', 'homes of a suspended host are not similar to anything');
delete from private.suspensions;
select tests.become('alan');
select public.hide_listing(tests.id('far'));
select tests.back();
select is(pg_temp.similar(', page_size => 100'), 'twin room dear hall penny', 'nor is a hidden home');
select is(tests.outcome('anon', $$ select * from public.similar_homes(tests.id('far')) $$), 'listing_not_found',
  'and of a hidden home nobody learns anything');
select is(tests.outcome('anon', format('select * from public.similar_homes(tests.id(''mill'')%s)', arguments)), code, arguments)
from (values (', ''2031-06-10''', 'dates_required'), (', ''2031-06-10'', ''2031-06-09''', 'dates_reversed'),
  (', guests => 0', 'invalid_guests'), (', page_size => 101', 'too_many_results')) as asked (arguments, code);

select * from finish();
rollback;
