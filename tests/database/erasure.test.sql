-- Erasure: of somebody who goes, nothing is left anywhere. Zyzzyva puts that name into every word there is
-- room for, as a guest, as a host and as one of the staff; then every row of every table is read.

begin;
select no_plan();

select tests.at('2031-05-20 12:00+00');
update private.settings set addresses_are_confirmed = true;
select tests.person(name) from unnest(array['zyzzyva', 'ada', 'grace', 'sam']) as name;
insert into private.staff (profile_id) values (tests.person('sam'));
insert into private.webhook_endpoints (endpoint_id, url, description, secret, created_at)
values (tests.id('ear'), 'https://example.com/hook', '', 'whsec_x', private.now());
select tests.home('mill', 'ada'), tests.home('tower', 'zyzzyva'), tests.home('loft', 'zyzzyva');
update public.listings set damage_claims = true;

-- As a guest of the mill, for whom Ada has words too

select tests.become('zyzzyva');
update public.profiles set about = 'Zyzzyva sings.', location = 'Zyzzyvatown', avatar_path = profile_id || '/zyzzyva.jpg';
update public.private_profiles set legal_name = 'Zyzzyva Z.', phone = '+999888777666', birth_date = '1990-01-01';
select public.start_conversation(tests.id('hello'), tests.id('mill'), 'I am Zyzzyva.');
select public.send_inquiry(tests.id('question'), tests.id('mill'), '2031-07-02', '2031-07-05', 'Zyzzyva asks.');
select public.create_wishlist(tests.id('summer'), 'Zyzzyva dreams');
select public.save_listing(tests.id('mill'), tests.id('summer'));
select public.note_saved_listing(tests.id('summer'), tests.id('mill'), 'Zyzzyva notes.');
select public.block_person(tests.person('grace')), public.unblock_person(tests.person('grace'));
select public.request_booking(tests.id('visit'), tests.id('mill'), '2031-06-02', '2031-06-05',
  (select total_minor from public.quote_stay(tests.id('mill'), '2031-06-02', '2031-06-05')), message => 'Zyzzyva comes.');
select tests.back();
select tests.money('visit', 'succeeded');
select tests.become('ada');
select public.invite_cohost(tests.id('to'), tests.id('mill'), 'calendar', email => 'zyzzyva@example.com');
select public.invite_cohost(tests.id('too'), tests.id('mill'), 'full', profile_id => tests.person('zyzzyva'));
select tests.become('zyzzyva');
select public.accept_cohost_invitation(tests.id('to'));
select tests.become('ada');
select public.remove_cohost(tests.id('mill'), tests.person('zyzzyva'));
select tests.at('2031-06-03 12:00+00');
select public.report_no_show(tests.id('visit'), 'Nobody came.');
select tests.become('zyzzyva');
select public.object_to_no_show(tests.id('visit'), 'Zyzzyva came.');
select tests.become('ada');
select public.withdraw_no_show(tests.id('visit'));
select tests.become('zyzzyva');
select public.file_complaint(tests.id('mice'), tests.id('visit'), (enum_range(null::public.complaint_category))[1], 'Zyzzyva saw mice.');
select public.withdraw_complaint(tests.id('mice'));
select tests.become('ada');
select public.claim_damage(tests.id('wheel'), tests.id('visit'), 8000, 'The wheel.');
select tests.become('zyzzyva');
select public.dispute_damage_claim(tests.id('wheel'), 'Zyzzyva did not.');
select public.file_report(tests.id('scam'), 'listing', tests.id('mill'), 'fraud', 'Zyzzyva was fooled.');
select tests.become('ada');
select public.withdraw_damage_claim(tests.id('wheel'));
select public.file_report(tests.id('rude'), 'message', tests.id('hello'), 'harassment', 'Rude.');
select tests.back();
select private.move_booking(tests.id('visit'), 'completed', 'system', null, null);

-- As a host of the tower, where Grace stays, and of the loft, which Grace asked for

select tests.become('zyzzyva');
update public.listings set instant_book = false, registration_number = 'Zyzzyva 1' where listing_id = tests.id('loft');
select public.block_nights(tests.id('tower'), '2031-08-01', '2031-08-04', 'Zyzzyva sleeps');
select public.add_calendar_feed(tests.id('feed'), tests.id('tower'), 'https://example.com/zyzzyva.ics', 'Zyzzyva elsewhere');
select public.set_automatic_text(tests.id('tower'), 'check_in_instructions', 'en', 'Zyzzyva welcomes you.');
select tests.back();
insert into public.listing_photos (listing_id, storage_path, caption, position)
values (tests.id('tower'), tests.id('tower') || '/a.jpg', 'Zyzzyva at home', 1);
select tests.book('stay', 'grace', 'tower', '2031-06-04', '2031-06-06');
select tests.money('stay', 'succeeded');
select tests.book('wish', 'grace', 'loft', '2031-06-20', '2031-06-22');
select tests.money('wish', 'requires_capture', capture_before => '2031-06-09 12:00+00');
select tests.become('zyzzyva');
select public.decline_booking(tests.id('wish'), 'Zyzzyva travels.');
select tests.at('2031-06-05 12:00+00');
select public.claim_damage(tests.id('door'), tests.id('stay'), 8000, 'Zyzzyva''s door.');
select public.withdraw_damage_claim(tests.id('door'));
select tests.become('grace');
select public.file_complaint(tests.id('noise'), tests.id('stay'), (enum_range(null::public.complaint_category))[1], 'Noise.');
select tests.become('zyzzyva');
select public.answer_complaint(tests.id('noise'), 'Zyzzyva is quiet.');
select tests.become('grace');
select public.withdraw_complaint(tests.id('noise'));
select public.start_conversation(tests.id('again'), tests.id('tower'), 'Hello?');
select tests.become('zyzzyva');
select public.send_message(tests.id('answer'), conversation_id, 'Zyzzyva here.') from public.conversations
where listing_id = tests.id('tower');
select tests.become('grace');
select public.file_report(tests.id('worse'), 'message', tests.id('answer'), 'harassment', 'Rude.');
select tests.become('sam');
select public.staff_decide_report(report, '{remove_message,warn}', 'It is.', 'Do not.')
from unnest(array[tests.id('rude'), tests.id('worse')]) as report;
select public.staff_decide_report(tests.id('scam'), '{dismiss}', 'It is not.');
select tests.back();
select private.move_booking(tests.id('stay'), 'completed', 'system', null, null);
select tests.at('2031-06-07 12:00+00');

-- What they give up, and why

select tests.book('gone', 'zyzzyva', 'mill', '2031-07-20', '2031-07-22');
select tests.money('gone', 'succeeded');
select tests.book('lost', 'grace', 'tower', '2031-07-20', '2031-07-22');
select tests.money('lost', 'succeeded');
select tests.become('zyzzyva');
select public.cancel_booking(booking, 'Zyzzyva moves.') from unnest(array[tests.id('gone'), tests.id('lost')]) as booking;
select tests.back();
update public.refunds set status = 'succeeded';

-- What both say in reviews. That Zyzzyva hosted the mill is long ago.

update private.past_hosts set until = until - interval '1 year';

create function pg_temp.rate(guest text, host text, stay text) returns void language plpgsql as $$
begin
  perform tests.become(guest);
  perform public.review_stay(tests.id(stay), stars => 5::smallint, cleanliness => 5::smallint, accuracy => 5::smallint,
    check_in => 5::smallint, communication => 5::smallint, location => 5::smallint, value => 5::smallint, body => 'Fine.');
  perform tests.become(host);
  perform public.review_guest(tests.id(stay), stars => 5::smallint, cleanliness => 5::smallint,
    communication => 5::smallint, house_rules => 5::smallint, body => 'Fine.');
  perform tests.back();
end $$;
select pg_temp.rate('zyzzyva', 'ada', 'visit'), pg_temp.rate('grace', 'zyzzyva', 'stay');

-- What the machines know

update private.commands set status = 'done', finished_at = private.now();
insert into storage.objects (bucket_id, name, owner_id)
values ('evidence', tests.person('zyzzyva') || '/' || tests.id('scam') || '/a.jpg', tests.person('zyzzyva')::text);
insert into private.customers (guest_id, stripe_customer_id, created_at)
values (tests.person('zyzzyva'), 'cus_z', private.now());
update public.payouts set status = 'cancelled', reason = 'nothing_due';

-- Before and after

create function pg_temp.traces() returns table (relation text, rows bigint) language plpgsql as $$
declare
  candidate regclass;
begin
  for candidate in
    select pg_class.oid from pg_class
    where relkind in ('r', 'p') and relnamespace in ('public'::regnamespace, 'private'::regnamespace, 'storage'::regnamespace)
    order by relnamespace::regnamespace::text, relname
  loop
    execute format('select %L, count(*) from %s as candidate where candidate::text ~* %L', candidate, candidate,
      'zyzzyva|999888777|1990-01-01')
    into relation, rows;
    if rows > 0 then
      return next;
    end if;
  end loop;
end $$;
create temp table before as select * from pg_temp.traces();
select cmp_ok((select count(*) from before), '>=', 20::bigint, 'the name stands in twenty tables and more');
delete from auth.users where id = tests.person('zyzzyva');
select is((select string_agg(relation || ' ' || rows, ', ') from pg_temp.traces()), null,
  'nothing is left of a deleted person');

select * from finish();
rollback;
