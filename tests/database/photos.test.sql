-- Photos: their rows in order, their files in Storage.

begin;
select no_plan();

select tests.home('mill', 'ada');
select tests.home('tower', 'alan');
select tests.cohost('mill', 'hedy', 'full'), tests.cohost('mill', 'radia', 'calendar');

-- A path names its listing

select is(private.listing_of_photo(path), case when fine then tests.id('mill') end,
  format('%s is %s', path, case when fine then 'the mill''s' else 'nobody''s' end))
from (values
  ('door.jpg', true), ('DOOR_1.2-3.jpeg', true), (repeat('x', 120), true),
    (repeat('x', 121), false), ('', false), ('a/b.jpg', false), ('a b.jpg', false),
  ('..%2f.jpg', false), ('é.jpg', false), (E'a.jpg\n', false)) as files (name, fine),
    lateral (select tests.id('mill') || '/' || name) as full_name (path);
select is(private.listing_of_photo(path), null, format('%s is nobody''s', path))
from unnest(array['door.jpg', '/door.jpg', 'mill/door.jpg', '../' || tests.id('mill')
  || '/door.jpg', upper(tests.id('mill')::text) || '/door.jpg',
  tests.id('mill') || 'x/door.jpg', '']) as path;

-- Files

select results_eq(
  $$ select id, public, file_size_limit, allowed_mime_types from storage.buckets
    where id like '%photo%' order by id $$,
  $$ values
    ('listing-photos', true, 10485760::bigint, array['image/jpeg', 'image/png', 'image/webp', 'image/avif']),
    ('photo-uploads', false, 10485760::bigint, array['image/jpeg', 'image/png', 'image/webp', 'image/avif']) $$,
  'one bucket takes pictures up to ten megabytes, another shows them to everyone');
insert into public.listing_photos (listing_id, storage_path, position) values (tests.id('mill'), tests.id('mill') || '/door.jpg', 1);
insert into storage.objects (bucket_id, name)
  values ('photo-uploads', tests.id('mill') || '/door.jpg'),
  ('photo-uploads', tests.id('tower') || '/door.jpg'),
  -- The mill is published, so what everyone sees may lie there.
  ('listing-photos', tests.id('mill') || '/door.jpg');
insert into storage.buckets (id, name) values ('other', 'other');
insert into storage.objects (bucket_id, name) values ('other', tests.id('mill') || '/door.jpg');

insert into private.staff (profile_id) values (tests.person('sam'));

create temp table deeds (statement text, anon text, grace text, ada text, hedy text, radia text,
  alan text, sam text);
insert into deeds values
  ($$ select from storage.objects $$, '0', '0', '1', '1', '1', '1', '2'),
  ($$ insert into storage.objects (bucket_id, name) values ('photo-uploads', tests.id('mill') || '/new.jpg') $$, '42501', '42501', '1', '1', '42501', '42501', '42501'),
  ($$ insert into storage.objects (bucket_id, name) values ('photo-uploads', tests.id('mill') || '/a/new.jpg') $$, '42501', '42501', '42501', '42501', '42501', '42501', '42501'),
  ($$ insert into storage.objects (bucket_id, name) values ('photo-uploads', 'new.jpg') $$,
  '42501', '42501', '42501', '42501', '42501', '42501', '42501'),
  ($$ insert into storage.objects (bucket_id, name) values ('listing-photos', tests.id('mill') || '/new.jpg') $$, '42501', '42501', '42501', '42501', '42501', '42501', '42501'),
  -- What Storage's copy and an upload over it write.
  ($$ insert into storage.objects (bucket_id, name) values ('listing-photos', tests.id('mill') || '/door.jpg')
    on conflict (bucket_id, name) do update set metadata = '{}' $$, '42501', '42501', '42501', '42501', '42501', '42501', '42501'),
  ($$ insert into storage.objects (bucket_id, name) values ('other', tests.id('mill') || '/new.jpg') $$, '42501', '42501', '42501', '42501', '42501', '42501', '42501'),
  ($$ update storage.objects set metadata = '{}' $$, '0', '0', '1', '1', '0', '1', '0'),
  ($$ update storage.objects set name = tests.id('mill') || '/stolen.jpg' where name = tests.id('tower') || '/door.jpg' $$, '0', '0', '0', '0', '0', '42501', '0'),
  ($$ update storage.objects set bucket_id = 'other' where name = tests.id('tower') || '/door.jpg' $$, '0', '0', '0', '0', '0', '42501', '0'),
  ($$ update storage.objects set bucket_id = 'listing-photos' where name = tests.id('mill') || '/door.jpg' $$, '0', '0', '42501', '42501', '0', '0', '0'),
  ($$ update storage.objects set bucket_id = 'avatar-uploads', name = tests.id('alan') || '/me.jpg' where name = tests.id('tower') || '/door.jpg' $$, '0', '0', '0', '0', '0', '42501', '0'),
  ($$ delete from storage.objects $$, '0', '0', '1', '1', '0', '1', '0');
select is(tests.outcome(person.name, statement), person.outcome,
  format('%s: %s', initcap(person.name), btrim(statement)))
from deeds, jsonb_each_text(to_jsonb(deeds) - 'statement') as person (name, outcome);

-- Rows

select is(tests.outcome('ada',
  format('insert into public.listing_photos (listing_id, storage_path, position) values (tests.id(''mill''), %s, %s)', path, place)),
  outcome, format('%s in place %s', path, place))
from (values
  ('tests.id(''mill'') || ''/a.jpg''', 2, '1'), ('tests.id(''mill'') || ''/a.jpg''', 100, '1'),
    ('tests.id(''mill'') || ''/a.jpg''', 0, '23514'),
  ('tests.id(''mill'') || ''/a.jpg''', 101, '23514'),
    ('tests.id(''tower'') || ''/door.jpg''', 1, '23514'), ('''a.jpg''', 1, '23514'),
  ('tests.id(''mill'') || ''/../a.jpg''', 1, '23514')) as photos (path, place, outcome);

-- Order

delete from public.listing_photos;
insert into public.listing_photos (photo_id, listing_id, storage_path, position)
select tests.id('photo ' || place), tests.id('mill'), format('%s/%s.jpg', tests.id('mill'), place),
  place from generate_series(1, 3) as place;
select tests.become('ada');
select lives_ok($$
  select public.order_photos(tests.id('mill'),
    array[tests.id('photo 3'), tests.id('photo 1'), tests.id('photo 2')]) $$,
      'Ada puts the third first');
select results_eq($$ select photo_id from public.listing_photos where listing_id = tests.id('mill')
  order by position $$,
  $$ values (tests.id('photo 3')), (tests.id('photo 1')), (tests.id('photo 2')) $$,
  'the photos stand in the order that Ada gave');
select lives_ok('set constraints public.listing_photos_stand_in_order immediate',
  'no two in one place');
set constraints all deferred;
select throws_ok(format('select public.order_photos(tests.id(''mill''), %L)', photos), 'PT422',
  'photos_do_not_match', format('each once: %s', why))
from (values
  (array[tests.id('photo 1'), tests.id('photo 2')], 'one is missing'),
  (array[tests.id('photo 1'), tests.id('photo 2'), tests.id('photo 2')], 'one twice'),
  (array[tests.id('photo 1'), tests.id('photo 2'), tests.id('photo 3'), tests.id('photo 4')],
  'one too many'),
  (array[tests.id('photo 1'), tests.id('photo 2'), tests.id('photo 4')], 'another''s'),
  (array[tests.id('photo 1'), tests.id('photo 2'), null], 'none'), ('{}'::uuid[], 'nothing'),
    (null, 'null')) as lists (photos, why);
select throws_ok($$ select public.order_photos(tests.id('tower'), '{}') $$, 'PT403',
  'not_your_listing', 'others'' photos stay where they are');
select tests.back();
select is(tests.outcome('ada', $$ update public.listing_photos set position = 1 $$), '23505',
  'two photos do not share a place');

select * from finish();
rollback;
