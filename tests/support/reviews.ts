import { randomUUID } from 'node:crypto';
import type { Person } from './people.ts';
import { asPostgres } from './stack.ts';

type Ask = (sql: string, values?: unknown[]) => Promise<unknown[]>;

/** A stay that was paid, or free, and is over since noon of 1 June 2031, as the books have it afterwards; returns its id. */
export async function stayed(
  listing: string,
  guest: Person,
  ask: Ask = asPostgres,
  totalMinor = 10_000,
): Promise<string> {
  const booking = randomUUID();
  await ask(
    `insert into public.bookings (
       booking_id, listing_id, host_id, guest_id, check_in, check_out, guests, infants, pets, currency,
       subtotal_minor, taxes_minor, discount_bp, cancellation_policy, instant_book, preparation_nights, time_zone,
       check_in_time, check_out_time, expires_at, created_at)
     select $1, listing_id, host_id, $3, '2031-05-30', '2031-06-01', 1, 0, 0, 'USD', 0, 0, 0, 'moderate', true, 0,
       'UTC', '15:00', '12:00', private.now(), '2031-05-20 12:00+00'
     from public.listings where listing_id = $2`,
    [booking, listing, guest.id],
  );
  await ask(
    `insert into public.guest_totals (booking_id, guest_id, guest_fee_bp, guest_fee_minor, total_minor)
     values ($1, $2, 0, 0, $3)`,
    [booking, guest.id, totalMinor],
  );
  await ask(
    `insert into public.host_totals (booking_id, listing_id, host_fee_bp, host_fee_minor, payout_minor)
     values ($1, $2, 0, 0, 0)`,
    [booking, listing],
  );
  await ask(`select private.move_booking($1, 'confirmed', 'system', null, null)`, [booking]);
  await ask(`select private.move_booking($1, 'completed', 'system', null, null)`, [booking]);
  return booking;
}

/**
 * Sums and ratings that differ from what the reviews themselves say, reckoned anew from nothing else: of listings,
 * hosts and guests. Empty when all is well.
 */
export async function wrongRatings(ask: Ask = asPostgres): Promise<unknown[]> {
  return await ask(`
    with counted as (
      select distinct on (reviews.listing_id, bookings.guest_id) reviews.*
      from public.reviews
      join public.bookings using (booking_id)
      join public.guest_totals using (booking_id)
      where revealed_at is not null and removed_at is null and total_minor > 0
      order by reviews.listing_id, bookings.guest_id, check_out desc, review_id
    ), listing as (
      select listing_id, host_id, coalesce(imported_reviews, 0) as came, imported_stars as came_with,
        (select count(*) from public.reviews where reviews.listing_id = listings.listing_id
           and booking_id is null and removed_at is not null) as came_out,
        (select count(*) from counted where counted.listing_id = listings.listing_id) as said,
        (select coalesce(sum(stars), 0) from counted where counted.listing_id = listings.listing_id) as stars,
        (select avg(cleanliness) from counted where counted.listing_id = listings.listing_id) as cleanliness,
        (select avg(accuracy) from counted where counted.listing_id = listings.listing_id) as accuracy,
        (select avg(check_in) from counted where counted.listing_id = listings.listing_id) as check_in,
        (select avg(communication) from counted where counted.listing_id = listings.listing_id) as communication,
        (select avg(location) from counted where counted.listing_id = listings.listing_id) as location,
        (select avg(value) from counted where counted.listing_id = listings.listing_id) as value
      from public.listings left join private.listing_stars using (listing_id, host_id)
    ), rated as (
      select *, greatest(came - came_out, 0) as left_over,
        said + case when came_with is null then 0 else greatest(came - came_out, 0) end as of,
        stars + coalesce(came_with, 0) * greatest(came - came_out, 0) as sum
      from listing
    ), expected as (
      select 'listing' as of, listing_id as id, said + left_over as review_count,
        jsonb_build_array(
          case when of >= 3 then round(sum / of, 2) end, case when said >= 3 then round(cleanliness, 2) end,
          case when said >= 3 then round(accuracy, 2) end, case when said >= 3 then round(check_in, 2) end,
          case when said >= 3 then round(communication, 2) end, case when said >= 3 then round(location, 2) end,
          case when said >= 3 then round(value, 2) end) as averages
      from rated
      union all
      select 'host', host_id, sum(said + left_over),
        jsonb_build_array(case when sum(of) >= 3 then round(sum(sum) / sum(of), 2) end)
      from rated group by host_id
      union all
      select 'guest', guest_id, count(*),
        jsonb_build_array(
          case when count(*) >= 3 then round(avg(stars), 2) end, case when count(*) >= 3 then round(avg(cleanliness), 2) end,
          case when count(*) >= 3 then round(avg(communication), 2) end,
          case when count(*) >= 3 then round(avg(house_rules), 2) end)
      from public.guest_reviews join public.guest_totals using (booking_id, guest_id)
      where revealed_at is not null and removed_at is null and total_minor > 0 group by guest_id
    ), shown as (
      select 'listing' as of, listing_id as id, review_count,
        jsonb_build_array(rating, cleanliness, accuracy, check_in, communication, location, value) as averages
      from public.listing_ratings
      union all
      select 'host', host_id, review_count, jsonb_build_array(rating) from public.host_ratings
      union all
      select 'guest', guest_id, review_count, jsonb_build_array(rating, cleanliness, communication, house_rules)
      from public.guest_ratings
    )
    select * from expected full join shown using (of, id)
    where coalesce(expected.review_count, 0) <> coalesce(shown.review_count, 0)
      or (coalesce(expected.review_count, 0) > 0 and expected.averages is distinct from shown.averages)`);
}
