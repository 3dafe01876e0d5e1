import { randomUUID } from 'node:crypto';
import { type Person, person } from './people.ts';
import type { Session } from './sessions.ts';
import { asPostgres, moveClock, setClock } from './stack.ts';

/**
 * Begins a test on a day of spring 2031 that no test of this file knew: no hold or request of theirs
 * counts any more, and nothing is ordered. (An untouched database for each takes 200 ms.)
 */
export async function newDay(): Promise<void> {
  const [first] = await asPostgres<{ is: boolean }>(`select private.now() < '2031-01-01' as is`);
  if (first?.is) await setClock('2031-03-12T12:00:00Z');
  else await moveClock('2 days');
  await asPostgres('select private.expire_bookings(1000)');
  await asPostgres('delete from private.commands');
  await asPostgres('delete from private.stripe_events');
}

/** Nights of June 2031, of which the first week can be booked from the middle of March on. */
export const june = (checkIn: number, checkOut: number) => ({
  checkIn: dayOfJune(checkIn),
  checkOut: dayOfJune(checkOut),
});

const dayOfJune = (day: number) => `2031-06-${String(day).padStart(2, '0')}`;

/** What a test says about a home; all else is a published home in UTC for four, at 100.00 USD a night. */
export interface HomeWishes {
  host?: Person;
  title?: string;
  timeZone?: string;
  currency?: string;
  nightly?: number;
  instantBook?: boolean;
  preparationNights?: number;
}

/** A published home, made by SQL in a few milliseconds; returns its id. */
export async function home(wishes: HomeWishes = {}): Promise<string> {
  const host = wishes.host ?? await person('Hedy');
  const id = randomUUID();
  await asPostgres(
    `with listing as (
       insert into public.listings
         (listing_id, host_id, status, title, description, capacity, maximum_pets, country_code, city,
          latitude, longitude, time_zone, currency, instant_book, published_at)
       values ($1, $2, 'published', $3, 'Quiet.', 4, 2, 'US', 'Albany', 42.65, -73.75, $4, $5, $6, private.now())
       returning listing_id
     ), hosts as (
       insert into public.listing_hosts (listing_id, profile_id, role)
       select listing_id, $2, 'owner' from listing
     ), rules as (
       insert into public.booking_rules (listing_id, preparation_nights)
       select listing_id, $7 from listing
     )
     update public.profiles set hosting = true where profile_id = $2`,
    [
      id,
      host.id,
      wishes.title ?? 'A quiet home',
      wishes.timeZone ?? 'UTC',
      wishes.currency ?? 'USD',
      wishes.instantBook ?? true,
      wishes.preparationNights ?? 0,
    ],
  );
  await asPostgres(
    'insert into public.listing_prices (listing_id, base_price_minor) values ($1, $2)',
    [id, wishes.nightly ?? 10_000],
  );
  return id;
}

/** A booking somebody asks for. */
export interface Wish {
  listing: string;
  checkIn: string;
  checkOut: string;
  booking?: string;
}

/** Quotes and requests a stay in a session, as a frontend does; returns the booking's id. */
export async function request(asking: Session, wish: Wish): Promise<string> {
  const booking = wish.booking ?? randomUUID();
  await asking.run(
    `select hold.* from public.quote_stay($2, $3, $4) as quote,
       public.request_booking($1, $2, $3, $4, quote.total_minor) as hold`,
    [booking, wish.listing, wish.checkIn, wish.checkOut],
  );
  return booking;
}

/** Lets somebody begin what will wait for somebody else; its answer, good or bad, is looked at later. */
export function meanwhile<T>(deed: Promise<T>): Promise<T> {
  deed.catch(() => {});
  return deed;
}

/** Does what create-payment does, up to an intent that the guest can pay. */
export async function startPayment(guest: Session, booking: string): Promise<void> {
  await guest.begin();
  await guest.run('select * from public.start_payment($1)', [booking]);
  await guest.commit();
  await asPostgres(
    'select private.record_intent(payment_id, $2) from public.payments where booking_id = $1',
    [booking, `pi_${booking}`],
  );
}

/** What Stripe says of the intent of a booking, as the webhook hands it to the database. */
export interface Word {
  event?: string;
  status?: 'succeeded' | 'requires_capture' | 'canceled' | 'processing' | 'requires_payment_method';
}

/** Does what the webhook does with Stripe's word about a booking's whole amount; returns what came of it. */
export async function hearStripe(
  server: Session,
  booking: string,
  { event = `evt_${randomUUID()}`, status = 'succeeded' }: Word = {},
): Promise<string> {
  const [payment] = await asPostgres<
    { payment_id: string; amount_minor: string; currency: string }
  >(
    'select payment_id, amount_minor, currency from public.payments where booking_id = $1',
    [booking],
  );
  const [stored] = await server.run<{ applied: boolean }>(
    'select public.store_stripe_event($1, $2, $3) as applied',
    [event, `payment_intent.${status}`, `pi_${booking}`],
  );
  if (stored?.applied) return 'applied before';
  const [heard] = await server.run<{ outcome: string }>(
    `select public.apply_payment_intent($1, $2, $3, $4, $5::bigint, $6::bigint, $7, 'ch_1',
       public.clock_now() + interval '7 days', null) as outcome`,
    [
      event,
      payment?.payment_id,
      `pi_${booking}`,
      status,
      payment?.amount_minor,
      status === 'succeeded' ? payment?.amount_minor : 0,
      payment?.currency.toLowerCase(),
    ],
  );
  return heard?.outcome ?? '';
}

/** Everything the books say about a home, in lines a test can be compared with. */
export interface Books {
  /** `stay 06-01..06-03 Ada`, by night; `for now` when it expires. */
  claims: string[];
  /** `Ada 06-01: awaiting_payment, confirmed by system`, by guest and day; a reason in brackets. */
  bookings: string[];
  /** `Ada 06-01: captured 20000 refunded 0`; a problem in brackets. */
  payments: string[];
  /** `Ada 06-01: refund waiting`, without the mails. */
  commands: string[];
  /** `booking_confirmed_guest to Ada`. */
  mails: string[];
}

/** Reads the books of a home. Bookings are named by their guest and the day of check-in. */
export async function booksOf(listing: string): Promise<Books> {
  const [books] = await asPostgres<Books>(
    `with named as (
       select bookings.*, profiles.display_name || to_char(check_in, ' MM-DD') as name
       from public.bookings join public.profiles on profile_id = guest_id
       where listing_id = $1
     )
     select
       array(
         select concat_ws(' ', claims.kind,
           to_char(lower(nights), 'MM-DD') || '..' || to_char(upper(nights), 'MM-DD'), display_name,
           case when claims.expires_at is not null then 'for now' end) as line
         from private.claims
         left join named using (booking_id)
         left join public.profiles on profile_id = named.guest_id
         where claims.listing_id = $1
         order by nights, claims.kind) as claims,
       array(
         select name || ': ' || string_agg(
           concat_ws(' ', to_status, case when from_status is not null then 'by ' || booking_history.actor end,
             '(' || booking_history.reason || ')'), ', ' order by position)
         from named join public.booking_history using (booking_id) group by name, booking_id order by name) as bookings,
       array(
         select concat_ws(' ', name || ':', payments.status, captured_minor, 'refunded', refunded_minor,
           (select '(' || string_agg(problem, ', ' order by problem) || ')'
            from private.payment_problems where payment_problems.payment_id = payments.payment_id))
         from named join public.payments using (booking_id) order by name) as payments,
       array(
         select concat_ws(' ', name || ':', kind, commands.status)
         from named join private.commands using (booking_id) where kind <> 'send_mail'
         order by name, kind) as commands,
       array(
         select template || ' to ' || profiles.display_name
         from named join private.commands using (booking_id)
         join public.profiles on profile_id = recipient_id
         where kind = 'send_mail' order by template, profiles.display_name) as mails`,
    [listing],
  );
  if (books === undefined) throw new Error('The books are gone.');
  return books;
}
