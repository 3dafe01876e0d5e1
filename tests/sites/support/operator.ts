import pg from 'pg';
import { portsFrom } from '../../../local/ports.ts';
import { sites } from './browser.ts';

/** A statement as an operator runs it. */
export async function sql(
  statement: string,
  values: unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const { postgres } = portsFrom(Number(new URL(sites.gateway).port));
  const client = new pg.Client({
    connectionString: `postgresql://postgres:postgres@127.0.0.1:${postgres}/postgres`,
  });
  await client.connect();
  try {
    return (await client.query(statement, values)).rows;
  } finally {
    await client.end();
  }
}

/**
 * A stay of Alan, in Hedy's garden room or another home, that nobody has paid yet, with a check-in so many days before today: no
 * verb sells nights that have passed, so it is written as it would have been.
 */
export const holdEarlier = (
  booking_id: string,
  daysAgo: number,
  nights: number,
  title = 'Garden room behind the walnut tree',
) =>
  sql(`
    do $$
    declare
      booking public.bookings;
      home    public.listings;
      arrival date;
      stay    private.priced_stay;
    begin
      select * into strict home from public.listings
      where title = '${title}';
      arrival := private.today(home.time_zone) - ${daysAgo};
      stay := private.price_stay(home.listing_id, arrival, arrival + ${nights}, 2, 0);
      insert into public.bookings (
        booking_id, listing_id, host_id, guest_id, check_in, check_out, guests, infants, pets,
        currency, subtotal_minor, taxes_minor, discount, discount_bp, cancellation_policy,
        instant_book, preparation_nights, time_zone, check_in_time, check_out_time, expires_at,
        created_at)
      select '${booking_id}', home.listing_id, home.host_id, profile_id, arrival,
        arrival + ${nights}, 2, 0, 0, stay.currency, stay.subtotal_minor, stay.taxes_minor,
        stay.discount, stay.discount_bp, home.cancellation_policy, true, 0, home.time_zone,
        home.check_in_time, home.check_out_time, private.now() + interval '1 hour',
        private.now() - interval '30 days'
      from public.profiles where display_name = 'Alan'
      returning * into strict booking;
      perform private.claim_nights(booking, 'hold');
      perform private.write_lines(booking.booking_id, stay);
      insert into public.guest_totals (
        booking_id, guest_id, guest_fee_bp, guest_fee_minor, total_minor)
      values (booking.booking_id, booking.guest_id, stay.guest_fee_bp, stay.guest_fee_minor,
        stay.total_minor);
      insert into public.host_totals (
        booking_id, listing_id, host_fee_bp, host_fee_minor, payout_minor)
      values (booking.booking_id, booking.listing_id, stay.host_fee_bp, stay.host_fee_minor,
        stay.payout_minor);
      perform private.open_payments(booking, private.planned_charges(
        stay, booking.check_in, booking.check_in_time, booking.time_zone));
    end $$`);
