import { asPostgres } from './stack.ts';

/**
 * What must hold of the books at any moment, whatever happened: each query lists who breaks it. They
 * ask the tables alone, none of the rules that keep them so.
 */
const promises: Record<string, string> = {
  'no stay shares a night with anything but its own preparation':
    `select stay.booking_id, other.kind, other.nights
     from private.claims as stay
     join private.claims as other on other.listing_id = stay.listing_id and other.claim_id <> stay.claim_id
       and other.nights && stay.nights
     where stay.kind in ('hold', 'stay')`,
  'a booking that is alive has its nights and its preparation, any other has none':
    `select booking_id, status, check_in, check_out, array_agg(format('%s %s', kind, nights)) as claims
     from public.bookings
     left join private.claims using (booking_id, listing_id)
     group by booking_id
     having array_agg(format('%s %s', kind, nights) order by kind) is distinct from
       case when status in ('awaiting_payment', 'requested', 'confirmed', 'completed') then
         array[case when status in ('awaiting_payment', 'requested') then 'hold ' else 'stay ' end || daterange(check_in, check_out)]
         || case when preparation_nights > 0
           then array['preparation ' || daterange(check_out, check_out + preparation_nights)] end
       else array[' '] end
       -- Where newcomers hold a night often enough, the next one books without a hold.
       and not (status = 'awaiting_payment' and array_agg(format('%s %s', kind, nights)) = array[' ']
         and (select count(*) from public.bookings as other
           where other.listing_id = bookings.listing_id and other.booking_id <> bookings.booking_id
             and daterange(other.check_in, other.check_out) && daterange(bookings.check_in, bookings.check_out)
             and other.created_at between bookings.created_at - interval '24 hours' and bookings.created_at)
           >= (select newcomer_holds from private.settings))`,
  'every claim of a booking lies on the listing of that booking':
    `select claims.* from private.claims
     left join public.bookings using (booking_id, listing_id)
     where claims.booking_id is not null and bookings.booking_id is null`,
  'nobody holds more than three unpaid stays': `select guest_id, count(*) from public.bookings
     where status = 'awaiting_payment' and expires_at > private.now()
     group by guest_id having count(*) > 3`,
  'the history of a booking is an unbroken chain of legal moves to where it is':
    `select booking_id, position, from_status, to_status, actor, previous
     from (
       select *, lag(to_status) over (partition by booking_id order by position) as previous,
         row_number() over (partition by booking_id order by position) as place,
         last_value(to_status) over (partition by booking_id order by position
           rows between unbounded preceding and unbounded following) as last
       from public.booking_history) as moves
     join public.bookings using (booking_id)
     where from_status is distinct from previous or position <> place or last <> status
       or (place = 1 and to_status <> 'awaiting_payment')
       or (place > 1 and (from_status, to_status, moves.actor) not in (
         select from_status, to_status, actor from private.booking_moves))`,
  'refunds add up to what a payment says was refunded, and never exceed what was captured':
    `select payment_id, captured_minor, refunded_minor, sum(refunds.amount_minor)
     from public.payments left join public.refunds using (payment_id)
     group by payment_id
     having coalesce(sum(refunds.amount_minor), 0) <> refunded_minor or refunded_minor > captured_minor`,
  'money stays only with a stay that took place or will':
    `select booking_id, bookings.status, captured_minor, refunded_minor
     from public.bookings join public.payments using (booking_id)
     where payments.captured_minor > payments.refunded_minor
       and bookings.status not in ('confirmed', 'completed', 'no_show')
       and not exists (select from private.payment_problems where payment_problems.payment_id = payments.payment_id)`,
  'a confirmed stay is paid in full': `select booking_id from public.bookings
     join public.guest_totals using (booking_id)
     left join public.payments using (booking_id)
     where bookings.status in ('confirmed', 'completed') and total_minor > 0
       and (payments.captured_minor <> total_minor or payments.refunded_minor > 0 or payments.payment_id is null)`,
  'every refund is ordered once': `select refund_id, count(command_id) from public.refunds
     left join private.commands using (refund_id)
     group by refund_id having count(command_id) <> 1`,
  'no payment is ordered the same thing twice':
    `select payment_id, kind, count(*) from private.commands
     where kind in ('create_intent', 'capture', 'cancel_intent')
     group by payment_id, kind having count(*) > 1`,
  'search knows the nights that are taken': `select listing_id, nights from private.listing_search
     where nights <> (
       select coalesce(bit_or(private.night_bits(claims.nights, first_day)), repeat('0', 768)::bit(768))
       from private.claims where claims.listing_id = listing_search.listing_id)`,
};

/**
 * The promises that the books break right now, with the rows that break them; empty when all is well.
 * @param query asks elsewhere than as postgres, such as inside a transaction
 */
export async function brokenPromises(
  query: (sql: string) => Promise<unknown[]> = (sql) => asPostgres(sql),
): Promise<Record<string, unknown[]>> {
  const all = Object.entries(promises).map(([promise, sql]) =>
    `select '${promise}' as promise, to_jsonb(broken) as broken from (${sql}) as broken`
  );
  const broken: Record<string, unknown[]> = {};
  for (const row of await query(all.join(' union all '))) {
    const found = row as { promise: string; broken: unknown };
    (broken[found.promise] ??= []).push(found.broken);
  }
  return broken;
}
