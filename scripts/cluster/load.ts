import { randomUUID } from 'node:crypto';
import { keys } from '../../local/keys.ts';
import { type Acknowledged, randomFrom } from './history.ts';
import type { Person, Staybase } from './staybase.ts';

/** Guests who book and pay one stay after another, and ask again with the same id until they are answered. */
export interface Load {
  /** Every booking that a guest was told of, in the order of the answers. */
  acknowledged: Acknowledged[];
  /** When a booking, or its payment's intent, was acknowledged; milliseconds. */
  acknowledgements: number[];
  counts: Record<
    'booked' | 'paid' | 'confirmed' | 'refused' | 'asked again' | 'asked a third time' | 'given up',
    number
  >;
  /** What went wrong, and how often. */
  troubles: Map<string, number>;
  go(): void;
  /** Every guest ends what they have begun. */
  pause(): Promise<void>;
}

type Answer = { is: 'done'; body: Record<string, unknown> } | { is: 'refused'; code: string };

const patienceMs = 120_000;
const mostAtOnce = 16;

/** @param think seconds from one stay of a guest to the next, on average */
export function startLoad(staybase: Staybase, seed: number, think = 1): Load {
  const { guests, homes, url, stripe } = staybase;
  let running = false;
  let paying = 0;
  let under: Promise<void>[] = [];
  const load: Load = {
    acknowledged: [],
    acknowledgements: [],
    counts: {
      booked: 0,
      paid: 0,
      confirmed: 0,
      refused: 0,
      'asked again': 0,
      'asked a third time': 0,
      'given up': 0,
    },
    troubles: new Map(),
    go() {
      running = true;
      under = guests.map((guest, at) => live(guest, randomFrom(seed * 1000 + at)));
    },
    async pause() {
      running = false;
      await Promise.all(under);
    },
  };

  /** Sends a request until it is answered, one way or the other. */
  async function insist(
    path: string,
    { token }: Person,
    body: object,
  ): Promise<Answer | undefined> {
    const deadline = Date.now() + patienceMs;
    for (let attempt = 0; Date.now() < deadline; attempt += 1) {
      if (attempt > 0) {
        load.counts['asked again'] += 1;
        if (attempt === 2) load.counts['asked a third time'] += 1;
        await pause(Math.min(2_000, 250 * 2 ** attempt));
      }
      try {
        const answer = await fetch(`${url}${path}`, {
          method: 'POST',
          headers: {
            apikey: keys.publishable,
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
          },
          body: JSON.stringify(body),
          signal: AbortSignal.timeout(15_000),
        });
        const said = await answer.json() as Record<string, unknown>;
        if (answer.ok) return { is: 'done', body: said };
        const code = String(said.code ?? answer.status);
        const isFinal = answer.status < 500 && answer.status !== 408 && answer.status !== 429 &&
          (/^PT4/.test(code) || path.startsWith('/functions')) && said.message !== 'try_again';
        if (isFinal) {
          trouble(`refused: ${said.message ?? code}`);
          return { is: 'refused', code: String(said.message ?? code) };
        }
        trouble(`${answer.status} ${code} ${String(said.message ?? '').slice(0, 60)}`);
      } catch (error) {
        trouble(error instanceof Error ? error.name : String(error));
      }
    }
    load.counts['given up'] += 1;
    return undefined;
  }

  const trouble = (what: string) => load.troubles.set(what, (load.troubles.get(what) ?? 0) + 1);

  async function live(guest: Person, random: () => number): Promise<void> {
    await pause(random() * think * 1_000);
    while (running) {
      await bookAndPay(guest, random);
      await pause(random() * think * 2_000);
    }
  }

  async function bookAndPay(guest: Person, random: () => number): Promise<void> {
    const listing = homes[Math.floor(random() * homes.length)]!;
    // Mostly soon, so that hosts are paid while the next fault comes.
    const ahead = 1 + Math.floor(random() ** 2 * 45);
    const nights = 1 + Math.floor(random() * 3);
    const stay = {
      listing_id: listing,
      check_in: staybase.day(ahead),
      check_out: staybase.day(ahead + nights),
      guests: 1,
    };
    const quote = await insist('/rest/v1/rpc/quote_stay', guest, stay);
    if (quote?.is !== 'done') return void (load.counts.refused += 1);
    const booking = randomUUID();
    const answer = await insist('/rest/v1/rpc/request_booking', guest, {
      ...stay,
      booking_id: booking,
      expected_total_minor: quote.body.total_minor,
    });
    if (answer?.is !== 'done') return void (load.counts.refused += 1);
    const said: Acknowledged = {
      booking,
      listing,
      guest: guest.id,
      checkIn: stay.check_in,
      checkOut: stay.check_out,
      at: Date.now(),
    };
    load.acknowledged.push(said);
    load.acknowledgements.push(said.at);
    load.counts.booked += 1;

    // Stripe's events come one after another: more of them would only wait longer.
    if (paying >= mostAtOnce) return;
    paying += 1;
    await pay(guest, said).finally(() => paying -= 1);
  }

  async function pay(guest: Person, said: Acknowledged): Promise<void> {
    const { booking } = said;
    const payment = await insist('/functions/v1/create-payment', guest, { booking_id: booking });
    if (payment?.is !== 'done') return;
    load.acknowledgements.push(Date.now());
    const [intent = ''] = String(payment.body.client_secret).split('_secret_');
    // Stripe's form: it answers whatever happens to the database.
    await stripe.pay(intent).catch((error) => trouble(`Stripe: ${error.message}`));
    said.paid = intent;
    load.counts.paid += 1;
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline) {
      await pause(3_000);
      const status = await statusOf(guest, booking);
      if (status === 'confirmed') {
        said.confirmed = true;
        load.counts.confirmed += 1;
        return;
      }
      if (!running && status !== undefined) return;
    }
  }

  async function statusOf({ token }: Person, booking: string): Promise<string | undefined> {
    try {
      const answer = await fetch(
        `${url}/rest/v1/bookings?select=status&booking_id=eq.${booking}`,
        {
          headers: { apikey: keys.publishable, authorization: `Bearer ${token}` },
          signal: AbortSignal.timeout(15_000),
        },
      );
      if (!answer.ok) return undefined;
      return (await answer.json() as { status: string }[])[0]?.status;
    } catch {
      return undefined;
    }
  }

  return load;
}

const pause = (milliseconds: number) => new Promise<void>((wake) => setTimeout(wake, milliseconds));
