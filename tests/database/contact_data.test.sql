-- Contact data: what is hidden in words, what only looks like it, and where the words stay.

begin;
select no_plan();

-- Two tables: what stays as it is, what does not.

select is(private.mask_contacts(body), body, 'stays: ' || body)
from unnest(array[
  'Is 1.250.000 IDR, or 1 250 000 HUF, the whole price?', 'COP 1.200.000', '12,500,000 VND', '$1,250,000.00',
  'Rooms 101 102 103 104', 'We stayed in 2019 2020 2021 2022 2023',
  'We are 2 adults and 1 child, arriving 2031-06-02 at 15:00.',
  'From 12.06.2031 - 15.06.2031, 2 guests, 15:00-17:00, ok?', 'I arrive at noon. Can you wait?',
  'Le point de rendez-vous est à la gare.', 'The wifi signal is good.',
  'It is 1,200.50 EUR for 3 nights, 4 guests.', 'Nice.We come.', 'We meet @ 5pm.', '½ litre, ﬁne.', '',
  'Rp 1.250.000', 'Rp1.250.000 per night', 'Rp. 12.500.000', '₫12,500,000', '125.000.000 VND for the month',
  '1.250.000 pesos', '1 250 000 Ft', '€ 12.500,00', '1''250''000 CHF', '₩1,250,000', 'KRW 1250000',
  '1250000 IDR', '¥1,250,000', '₹12,50,000', 'INR 12,50,000', '3.500.000 - 4.200.000 COP',
  'between 1.000.000 and 1.500.000 rupiah', '100, 120, 150 and 200 EUR', '1.250.000 for the whole month',
  '1,250,000 in total', '2019-2023', 'Superhost in 2019, 2020, 2021 and 2022', '2023/2022/2021',
  'Rooms 101, 102, 103 and 104', 'Zimmer 201 202 203 204', 'Chambres 11, 12, 13, 14',
  'Habitaciones 101 102 103 104', 'apartments 101, 201, 301, 401', 'buses 101 102 103 104',
  '4, 5, 6, 7, 8, 9 June', '12.06. - 15.06.', '12.-15.06.2031', '15.06. 14:00', '12/06-15/06',
  '2031-06-02, 2031-06-05', 'Beds 140×190, 160×200', 'Open 08:00-12:00, 14:00-18:00',
  '06/12/2031 - 06/15/2031', '24/7, 365 days', 'from 1990 to 2020 we lived there',
  'Our Instagram-worthy terrace', 'Follow us on Instagram', 'Netflix, Facebook and Instagram work on the TV',
  'Look at it.We loved it.', 'at night.The rest', 'el punto es que llegamos tarde', 'un punto de encuentro',
  'Treffpunkt ist der Bahnhof', 'point de vue', 'one or two of us, three or four nights',
  'one bedroom, two beds, one sofa', 'Two adults, one child, one dog', 'casa bonita. Com vista para o mar',
  'sea view. net curtains', 'a.m./p.m. and so on', 'and/or', 'Room 1204 on floor 12',
  'Flight LH 1234 at 14:35', 'between 9.30 and 17.30', 'ratings 4.9/5 and 4.8/5',
  'My whatsapp does not work here', 'bus line 12 to Gare du Nord', 'line: 12',
  'Let us know at least 1 day before', '48 m², 2 rooms, 3 beds, 1 bath', '5 stars, 10/10', '2 x 1.50 m',
  'I see you at 10:30', 'postcode 12345 Berlin', 'It was $1,250 and now $1,100', '3.500 € and 350 € deposit',
  '125 000 000 VND']) as body;

-- Of what is hidden no digit and no name is left; letters of words around it may be.
select ok(private.mask_contacts(body) like '%•••%' and private.mask_contacts(body) !~* '[0-9]{2}|ada|jane|example',
  'hidden: ' || body || ' became ' || private.mask_contacts(body))
from unnest(array[
  'six1two3four5six7', 'j a n e @ e x a m p l e . c o m', 'www . example . com', 'instagram jane_doe',
  'ada@example.com', 'ada [at] example [dot] com', 'ada at example dot com', 'ada(at)example.com',
  'ada @ example . com', 'ada.lovelace at gmail', 'ada gmail com', '@ada_l', 'https://ada.example',
  'www.ada.example', 'ada.de/me', 'insta: ada_l', 'my telegram is ada_l', 'ada dot com', '06 12 34 56 78',
  '+49 (0)151 / 2345-6789', '0 6 1 2 3 4 5 6 7', '０６１２３４５６７８', '٠٦١٢٣٤٥٦٧٨', '0612o45678', '06.12.34.56.78',
  '12:34 56:78 90:12', 'zero six one two three four five', 'null eins fünf eins zwei drei',
  'zéro six douze trente-quatre', 'cero seis uno dos tres cuatro cinco', 'w w w . e x a m p l e . c o m',
  'g m a i l . c o m', 'jane arroba example punto com', 'jane arobase exemple point fr',
  'jane ät example punkt de', 'janeATexampleDOTcom', 'jane AT example DOT com', 'jane-at-example-dot-com',
  'jane_at_example_dot_com', 'jane {at} example {dot} com', 'example [.] com', 'example (dot) com',
  'example. com', 'ig jane_doe', 'IG: janedoe', 'snap jane.doe99', 'jane_doe on instagram',
  'jane_doe (insta)', 'find me on telegram as jane_doe', 'find me on telegram as janedoe',
  'whatsapp me at jane_doe', 'facebook.com/jane', 'wa.me/491512345678', 't.me/jane', 't me / jane',
  'me on fb: jane.doe', 'null sechs einundzwanzig dreiundvierzig fünfundsechzig',
  'six hundred twelve, three four five, six seven eight nine', '0x6x1x2x3x4x5x6',
  'oh six, then twelve, then thirty four, fifty six', 'six-one-two-three-four-five-six',
  'sixonetwothreefourfivesix', '6one2three4five6', 'cero seis doce treinta y cuatro cincuenta y seis',
  '612 345 678', '612.345.678', '6 1 2 3 4 5 6 7 8', 'Room 0612 345 678', 'call (555) 123-4567',
  '555-123-4567', '5551234567', '+33612345678', '2019 06 12 34 56 78', 'EUR 0612345678',
  'whatsapp +1 555 123 4567', 'hxxps://example.org/a', 'http : // example.org', 'mail: jane at web.de',
  'jane.doe at outlook.com', 'skype live:jane', 'discord jane#1234', 'Telegram username janedoe',
  'insta janedoe', '📞 0️⃣6️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣', '⓪⑥①②③④⑤⑥', 'j.a.n.e (at) example.com',
  'j-a-n-e-@-e-x-a-m-p-l-e-.-c-o-m', 'mi correo es jane arroba gmail punto com', 'airbnb.com/rooms/123',
  'O6 I2 34 56 78 90', 'six one two 3 4 5 6']) as body;
select ok(private.mask_contacts(U&'a\200Bda@ex\200Bample.com') = '•••', 'signs that nobody sees hide nothing');
select is(private.mask_contacts(null), null, 'a text that is null stays null');
select is(private.mask_contacts('1 000*00000'), '•••', 'a number that begins like an amount is masked');
select is(private.mask_contacts('Call 06 12 34 56 78 from 15:00 on, 1.250.000 IDR'), 'Call ••• from 15:00 on, 1.250.000 IDR',
  'a number is masked, not the hour and the amount with it');
select ok(char_length(private.mask_contacts(repeat(U&'\FDFA', 90) || ' ada@example.com')) <= 106,
  'what is masked is no longer than what was written');

-- Numbers in a row

select is(private.is_enumeration(list), fine, list)
from (values ('2019, 2020', true), ('2020 2019', true), ('1899 1900', false), ('2019 2019', false), ('Rooms 101 102', true),
  ('101 102', false), ('101 102 103', true), ('101 103 102', false), ('Rooms 101 401', false), ('01 02 03', false),
  ('Rooms 0612 0613', false), ('9 10 11', true), ('Rooms 99 100', false), ('123 456 789', false), ('10001 10002 10003', false)) as lists (list, fine);

-- Pages

select tests.at('2031-05-20 12:00+00');
select tests.home('mill', 'ada'), tests.person('grace'), tests.person('sam');
insert into private.staff (profile_id) values (tests.person('sam'));
insert into public.listing_photos (photo_id, listing_id, storage_path, position)
values (tests.id('door'), tests.id('mill'), tests.id('mill') || '/door.jpg', 1);

create temp table pages (field text, statement text);
insert into pages values
  ('display_name', 'update public.profiles set display_name = %L where profile_id = tests.id(''ada'') returning display_name'),
  ('about', 'update public.profiles set about = %L where profile_id = tests.id(''ada'') returning about'),
  ('location', 'update public.profiles set location = %L where profile_id = tests.id(''ada'') returning location'),
  ('title', 'update public.listings set title = %L where listing_id = tests.id(''mill'') returning title'),
  ('description', 'update public.listings set description = %L where listing_id = tests.id(''mill'') returning description'),
  ('house_rules', 'update public.listings set house_rules = %L where listing_id = tests.id(''mill'') returning house_rules'),
  ('city', 'update public.listings set city = %L where listing_id = tests.id(''mill'') returning city'),
  ('region', 'update public.listings set region = %L where listing_id = tests.id(''mill'') returning region'),
  ('neighbourhood', 'update public.listings set neighbourhood = %L where listing_id = tests.id(''mill'') returning neighbourhood'),
  ('caption', 'update public.listing_photos set caption = %L where listing_id = tests.id(''mill'') returning caption');
create function pg_temp.written(statement text, words text) returns text language plpgsql as $$
declare left_over text;
begin
  perform tests.become('ada');
  execute format(statement, words) into left_over;
  perform tests.back();
  return left_over;
end $$;
select is(pg_temp.written(statement, 'Ada 06 12 34 56 78'), 'Ada •••', field || ' is masked') from pages;
select is(pg_temp.written(statement, 'Rooms 101 102 103'), 'Rooms 101 102 103', field || ' keeps what is no contact') from pages;
select is((select array_agg(original) from private.masked_words where masked_words.field = pages.field and author_id = tests.id('ada')),
  array['Ada 06 12 34 56 78'], 'what stood in ' || field || ' is kept') from pages;
select lives_ok($$ select pg_temp.written(statement, 'Ada 06 12 34 56 78') from pages $$,
  'a text with the same contact data may be written again');
select is((select count(*) from private.masked_words), 10::bigint,
  'contact data that is written again is kept once');

insert into auth.users (id, email, raw_user_meta_data)
values (tests.id('eve'), 'eve@example.com', '{"display_name": "eve@example.com"}');
select is((select display_name from public.profiles where profile_id = tests.id('eve')), '•••', 'a login''s name is masked');
select is((select original from private.masked_words where author_id = tests.id('eve')), 'eve@example.com',
  'the masked name of a login is kept');
set constraints all immediate;
select tests.become('ada');
select is((public.create_listing(tests.id('loft'), 'Loft, call 06 12 34 56 78', 'Europe/Paris', 'EUR')).title, 'Loft, call •••',
  'contact data in the title of a new home is masked');
insert into public.listing_photos (listing_id, storage_path, caption, position)
values (tests.id('loft'), tests.id('loft') || '/door.jpg', 'insta: ada_l', 1);
select is((select caption from public.listing_photos where listing_id = tests.id('loft')), '•••',
  'contact data in a new caption is masked');
select tests.back();
insert into public.listings (listing_id, host_id, title, time_zone, currency, source, source_id)
values (tests.id('import'), tests.id('ada'), 'Call 06 12 34 56 78', 'Europe/Paris', 'EUR', 'test', '1');
select is((select title from public.listings where listing_id = tests.id('import')), 'Call 06 12 34 56 78',
  'what an operator imports is theirs to check');
insert into public.reviews (review_id, listing_id, author_name, body, written_on, source, source_id)
values (tests.id('review'), tests.id('mill'), 'Lise', 'Quiet.', '2030-01-01', 'test', '1');
update public.reviews set reply = 'Write to ada@example.com', replied_at = private.now() where review_id = tests.id('review');
select is((select reply from public.reviews where review_id = tests.id('review')), 'Write to •••', 'a reply to a review is masked');
select tests.book('visit', 'grace', 'mill', '2031-06-02', '2031-06-05');
insert into public.guest_reviews (review_id, booking_id, listing_id, guest_id, author_id, author_name, stars, cleanliness, communication, house_rules, body, closes_at, written_on)
select tests.id('of grace'), booking_id, listing_id, guest_id, host_id, 'Ada', 5, 5, 5, 5, 'Hers is 06 12 34 56 78', private.now() + interval '1 day', '2031-05-20'
from public.bookings where booking_id = tests.id('visit');
select is((select body from public.guest_reviews where review_id = tests.id('of grace')), 'Hers is •••',
  'contact data in a review of a guest is masked');

-- Split over messages

create function pg_temp.says(who text, words text) returns text language plpgsql as $$
declare said text;
begin
  perform tests.become(who);
  select body into said from public.start_conversation(gen_random_uuid(), tests.id('mill'), words);
  perform tests.back();
  return said;
end $$;
select is(array_agg(pg_temp.says('grace', words) order by place), array[
    'Hello, is it quiet?', 'I stayed in 2019', '2020', 'We are 4', '12.06.2031 - 15.06.2031', '10:00', 'Thanks!', '06 12 34', 'Yes!', '•••'],
  'a number sent in pieces is hidden with the piece that completes it, whatever is said between; days and years are none')
from unnest(array['Hello, is it quiet?', 'I stayed in 2019', '2020', 'We are 4', '12.06.2031 - 15.06.2031', '10:00', 'Thanks!', '06 12 34', 'Yes!', '56 78'])
  with ordinality as said (words, place);
select is(array_agg(pg_temp.says('eve', words) order by place), array['We are four.', 'eve', '•••', 'my instagram', '•••', '•••'],
  'an address, a handle and a number in words are hidden with their last piece')
from unnest(array['We are four.', 'eve', 'at gmail', 'my instagram', 'eve_the_first', '06 12 34 56 78']) with ordinality as said (words, place);
select is(array_agg(original order by masked_id), array['56 78'], 'what was hidden is kept')
from private.masked_words where subject = 'message' and author_id = tests.id('grace');

-- Staff alone read it

select tests.become('sam');
select results_eq($$ select subject, original from public.staff_masked_words(author_id => tests.id('grace')) $$,
  $$ values ('message', null) $$, 'Sam sees that a message of Grace was masked, and not what she wrote: nobody asked for a decision');
select is((select original from public.staff_masked_words(subject_id => tests.id('review'))), 'Write to ada@example.com',
  'Sam reads what stood in one place');
select results_eq('select masked_id from public.staff_masked_words()',
  $$ select masked_id from public.staff_masked_words(page_size => 3)
    union all select masked_id from public.staff_masked_words(before_id => (select min(masked_id) from public.staff_masked_words(page_size => 3))) $$,
  'staff read masked words page by page');
select throws_ok('select public.staff_masked_words(page_size => 0)', 'PT400', 'invalid_page_size',
  'a page of masked words has at least one row');
select tests.become('grace');
select throws_ok('select public.staff_masked_words()', 'PT403', 'staff_only',
  'Grace does not read masked words');
select tests.back();
delete from auth.users where id = tests.id('grace');
select is((select count(*) from private.masked_words where author_id = tests.id('grace')), 0::bigint,
  'a masked text is deleted with its author');

select * from finish();
rollback;
