import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import { afterEach, expect } from 'vitest';
import { signatureHeader } from '../../local/stripe/webhooks.ts';
import { type Client, clientOf, type Person, person } from '../support/people.ts';
import { june } from '../support/stays.ts';
import { asPostgres, runDueJobs, setClock, testApi, testEdge } from '../support/stack.ts';

/** What create-payment answers. */
export interface Payment {
  payment_id: string;
  booking_id: string;
  client_secret: string;
  amount_minor: number;
  currency: string;
  expires_at: string;
}

/** A booking whose payment has begun. */
export interface Begun {
  guest: Person;
  booking: string;
  payment: string;
  intent: string;
}

let tests = 0;

/**
 * Begins a test: 40 minutes after the one before, so that no hold of it counts any more, with an
 * empty outbox, no events and an untouched Stripe. (A fresh database for each takes a second.)
 */
export async function begins(): Promise<void> {
  await setClock(new Date(Date.UTC(2031, 4, 20, 12, 40 * tests++)));
  await asPostgres('delete from private.commands');
  await asPostgres('delete from private.stripe_events');
  await asPostgres('delete from private.stripe_checks');
  await asPostgres('delete from private.balance_reading');
  await asPostgres('delete from private.stripe_movements');
  const stripe = await control();
  stripe.reset();
  stripe.weather({});
  stripe.resume();
}

/** Asks for two nights, or others, in a home; returns the booking's id. */
export async function hold(
  listing: string,
  guest: Person,
  { checkIn, checkOut } = june(1, 3),
): Promise<string> {
  const client = await clientOf(guest);
  const booking = randomUUID();
  const stay = { listing_id: listing, check_in: checkIn, check_out: checkOut, guests: 2 };
  const quote = await client.rpc('quote_stay', stay).throwOnError();
  await client.rpc('request_booking', {
    ...stay,
    booking_id: booking,
    expected_total_minor: quote.data.total_minor ?? -1,
  }).throwOnError();
  return booking;
}

/** Calls a function as the gateway's clients do, without supabase-js in between. */
export async function call(
  name: string,
  init: { method?: string; headers?: Record<string, string>; body?: BodyInit } = {},
): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> {
  const { url } = await testApi();
  const answer = await fetch(`${url}/functions/v1/${name}`, { method: 'POST', ...init });
  const text = await answer.text();
  return {
    status: answer.status,
    body: text === '' ? {} : JSON.parse(text),
    headers: answer.headers,
  };
}

/** Calls create-payment as a guest's browser does. */
export const createPayment = (guest: Pick<Person, 'token'>, booking: unknown) =>
  call('create-payment', {
    headers: { authorization: `Bearer ${guest.token}` },
    body: JSON.stringify({ booking_id: booking }),
  });

/** A hold with its intent made; by Ada for the first two nights of June unless told otherwise. */
export async function begin(
  listing: string,
  guest?: Person,
  nights = june(1, 3),
): Promise<Begun> {
  const who = guest ?? await person('Ada');
  const booking = await hold(listing, who, nights);
  const { status, body } = await createPayment(who, booking);
  expect(status, JSON.stringify(body)).toBe(200);
  const [intent = ''] = String(body.client_secret).split('_secret_');
  return { guest: who, booking, payment: String(body.payment_id), intent };
}

let isMet = false;

// The fake knows every parameter of the API that the SDK pins, and refuses all others.
afterEach(async () => {
  if (!isMet) return;
  const refused = (await control()).requests().filter(({ error }) =>
    error !== null && /^(parameter_|fake_not_supported)/.test(error)
  );
  expect(refused, 'a request that Stripe would not understand').toEqual([]);
});

/** The hand on this file's fake Stripe. */
export async function control() {
  isMet = true;
  const { stripe } = await testEdge();
  if (stripe === undefined) throw new Error('These tests need the fake Stripe.');
  return stripe.control;
}

/** Stripe's own SDK, as an operator or another program of the account uses it. */
export async function stripeSdk(): Promise<Stripe> {
  const { stripe } = await testEdge();
  return new Stripe('sk_test_staybase_local', {
    host: '127.0.0.1',
    port: stripe?.port ?? 0,
    protocol: 'http',
    telemetry: false,
  });
}

/** An event of the fake, by its type; the latest. */
export async function eventOf(type: string): Promise<Stripe.Event> {
  const event = (await control()).list('events').findLast((raised) => raised.type === type);
  if (event === undefined) throw new Error(`There was no ${type}.`);
  return event;
}

/** Posts a body to the webhook, signed now with the right secret unless told otherwise. */
export async function post(
  payload: string | object,
  { secret = 'whsec_staybase_local', age = 0, signature = undefined as string | undefined } = {},
) {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const timestamp = Math.floor(Date.now() / 1000) - age;
  const header = signature ?? signatureHeader(body, [secret], timestamp);
  return await call('stripe-webhook', { headers: { 'stripe-signature': header }, body });
}

/** Requests to Stripe that make or move something, as `POST /v1/...`, ids shortened to `:id`. */
export async function deeds(): Promise<string[]> {
  return (await control()).requests({ method: 'POST' })
    .filter(({ replayed, path }) => !replayed && path !== '/v1/balance_settings')
    .map(({ method, path }) => `${method} ${path.replace(/\b(pi|re|ch)_\w+/, ':id')}`);
}

/** Pays in the browser and waits until all webhooks were answered. */
export async function pay(intent: string, card = 'visa'): Promise<void> {
  const stripe = await control();
  await stripe.pay(intent, card);
  await stripe.settled();
}

/** Lets the worker run until nothing is due; webhooks that follow are answered too. */
export async function work(): Promise<void> {
  await runDueJobs();
  await (await control()).settled();
}

/** The worker works until nothing follows from what it did. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 4; round += 1) await work();
}

/** A guest has paid for two nights of June, or others, in a home. */
export async function paidStay(listing: string, nights = june(1, 3)): Promise<Begun> {
  const begun = await begin(listing, undefined, nights);
  await pay(begun.intent);
  await work();
  return begun;
}

/** Asks host-account as a host's browser does. */
export const askForAccount = (host: Pick<Person, 'token'>, body: object = {}) =>
  call('host-account', {
    headers: { authorization: `Bearer ${host.token}` },
    body: JSON.stringify({
      country_code: 'US',
      return_url: 'https://stay.test/host',
      ...body,
    }),
  });

/** Opens a host's account; returns its id. */
export async function openAccount(host: Person): Promise<string> {
  const { status, body } = await askForAccount(host);
  expect(status, JSON.stringify(body)).toBe(200);
  return accountOf(host);
}

export async function accountOf(host: Person): Promise<string> {
  const [row] = await asPostgres<{ stripe_account_id: string }>(
    'select stripe_account_id from public.host_accounts where host_id = $1',
    [host.id],
  );
  return row?.stripe_account_id ?? '';
}

/** Opens a host's account and brings it as far as told, so that Stripe pays it; returns its id. */
export async function onboard(
  host: Person,
  standing: 'active' | 'pending' | 'restricted' = 'active',
): Promise<string> {
  const account = await openAccount(host);
  const stripe = await control();
  await stripe.onboard(account, standing);
  await stripe.settled();
  return account;
}

/** A payout as one line: state, what is sent, what was withheld and taken back, why it waits. */
export async function payoutOf(booking: string): Promise<string | undefined> {
  const [row] = await asPostgres<{ line: string }>(
    `select concat_ws(' ', status, amount_minor, 'withheld ' || nullif(withheld_minor, 0),
       'back ' || nullif(taken_back_minor, 0), reason) as line
     from public.payouts where booking_id = $1`,
    [booking],
  );
  return row?.line;
}

/** What the operators' report says, of all bookings or of one. */
export async function differencesOf(booking: string | null = null): Promise<string[]> {
  const rows = await asPostgres<{ line: string }>(
    `select difference || ': ' || detail as line from private.reconciliation_report()
     where $1::uuid is null or booking_id = $1 order by 1`,
    [booking],
  );
  return rows.map(({ line }) => line);
}

/** Sam, who works for the marketplace. */
export async function staff(): Promise<Client> {
  const sam = await person('Sam');
  await asPostgres('insert into private.staff (profile_id) values ($1) on conflict do nothing', [
    sam.id,
  ]);
  return clientOf(sam);
}

/** Staff cancel with a refund of their choice; returns why they were refused. */
export async function staffCancels(booking: string, refund: number): Promise<string | undefined> {
  const { error } = await (await staff()).rpc('staff_cancel_booking', {
    booking_id: booking,
    refund_minor: refund,
    reason: 'Flood.',
  });
  return error?.message;
}

/** Everything at Stripe that moved money, and that our books of a booking agree with it to the coin. */
export async function moved(booking: string) {
  const stripe = await control();
  const { available, pending } = stripe.balance();
  const held = [...available, ...pending].reduce((sum, { amount }) => sum + amount, 0);
  const [ledger] = await asPostgres<{ minor: number }>(
    `select coalesce(sum(amount_minor), 0)::int as minor from private.ledger_entries
     where account = 'stripe_balance' and booking_id = $1`,
    [booking],
  );
  expect(ledger?.minor).toBe(held);
  const differs = await asPostgres(
    'select difference, detail from private.reconciliation_report() where booking_id = $1',
    [booking],
  );
  expect(differs).toEqual([]);
  return {
    refunds: stripe.list('refunds').map(({ amount }) => amount),
    transfers: stripe.list('transfers').map(({ amount, amount_reversed }) => [
      amount,
      amount_reversed,
    ]),
  };
}

/** States of a booking's refunds. */
export async function refundsOf(booking: string): Promise<string[]> {
  const rows = await asPostgres<{ status: string }>(
    'select status from public.refunds where booking_id = $1',
    [booking],
  );
  return rows.map(({ status }) => status);
}

/** Kinds and states of a booking's commands, mails and looks at Stripe aside. */
export async function commandsOf(booking: string): Promise<string[]> {
  const rows = await asPostgres<{ line: string }>(
    `select kind || ' ' || status as line from private.commands
     where booking_id = $1 and kind not in ('send_mail', 'reconcile') order by kind`,
    [booking],
  );
  return rows.map(({ line }) => line);
}

/** What an operator is told to look at. */
export async function problemsOf(booking: string): Promise<string[]> {
  const rows = await asPostgres<{ problem: string }>(
    `select problem from private.payment_problems join public.payments using (payment_id)
     where booking_id = $1 order by problem`,
    [booking],
  );
  return rows.map(({ problem }) => problem);
}

/** Events that are stored, and how many of them were applied. */
export async function events(): Promise<{ stored: number; applied: number }> {
  const [count] = await asPostgres<{ stored: number; applied: number }>(
    'select count(*)::int as stored, count(applied_at)::int as applied from private.stripe_events',
  );
  return count ?? { stored: -1, applied: -1 };
}

/** A verb as one person. */
export async function asks(
  someone: Pick<Person, 'token'>,
  verb: 'accept_booking' | 'decline_booking' | 'withdraw_booking',
  booking: string,
): Promise<string | undefined> {
  const client = await clientOf(someone);
  const { error } = await client.rpc(verb, { booking_id: booking });
  return error?.message;
}

/** Where a booking and its payment stand. */
export async function standing(booking: string) {
  const [row] = await asPostgres<{
    booking: string;
    payment: string;
    captured: number;
    refunded: number;
    last_error: string | null;
  }>(
    `select bookings.status as booking, payments.status as payment, captured_minor::int as captured,
       refunded_minor::int as refunded, last_error
     from public.bookings join public.payments using (booking_id) where booking_id = $1`,
    [booking],
  );
  return row;
}
