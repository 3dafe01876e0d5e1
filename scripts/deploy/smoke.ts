import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { randomBytes, randomUUID } from 'node:crypto';
import type { Database } from '../../types/database.ts';
import { isLiveKey } from './target.ts';

/**
 * How far a smoke test goes. `read` writes nothing. `hold` makes two people and a home, holds its nights
 * and lets them go. `full` pays with a test card too, cancels, and waits for the refund.
 */
export type SmokeLevel = 'read' | 'hold' | 'full';

export interface SmokeOptions {
  url: string;
  publishableKey: string;
  secretKey: string;
  level: SmokeLevel;
  /** A test key; with a live one nothing is paid. */
  stripeKey?: string;
  /** Another server than Stripe's. */
  stripeUrl?: string;
  /** Takes the e-mails of both people. */
  email?: string;
  /** How long to wait for what Stripe, the clock and the functions do. */
  patienceMs?: number;
  say?: (line: string) => void;
}

export class SmokeFailed extends Error {}

type Client = SupabaseClient<Database>;

interface Person {
  client: Client;
  id: string;
}

/** What a smoke test may do without being asked for more: nothing is written where money is real. */
export const usualLevel = (stripeKey: string | undefined): SmokeLevel =>
  stripeKey === undefined || isLiveKey(stripeKey) ? 'read' : 'full';

/**
 * Uses a marketplace as strangers do, and leaves nothing but the booking that it cancelled, of people who
 * left: they, their home and their logins are gone afterwards, whether or not all went well.
 */
export async function smokeTest(options: SmokeOptions): Promise<void> {
  const { say = console.log, level } = options;
  if (level === 'full' && (options.stripeKey === undefined || isLiveKey(options.stripeKey))) {
    throw new SmokeFailed('The smoke test only pays with a Stripe test key.');
  }
  await read(options);
  say('read: search and the functions answer');
  if (level === 'read') return;

  const people: Person[] = [];
  let home: string | undefined;
  let booking: string | undefined;
  try {
    const [host, guest] = [await signUp(options, 'host'), await signUp(options, 'guest')];
    people.push(guest, host);
    home = await publishHome(host);
    const held = booking = await hold(guest, home);
    say('hold: two people signed up, a home was published, its nights are held');
    if (level === 'hold') {
      await must(guest.client.rpc('withdraw_booking', { booking_id: held }));
      say('hold: the nights were released');
      return;
    }
    await pay(options, guest, held);
    await until(
      options,
      'the booking is confirmed',
      async () => await statusOf(guest, held) === 'confirmed',
    );
    say('full: a test card paid, and Stripe said so');
    await cancel(options, guest, held);
    say('full: the stay was cancelled, and the money is back');
  } finally {
    await leave(options, people, home, booking);
  }
}

async function read(options: SmokeOptions): Promise<void> {
  const { say = console.log } = options;
  const anon = open(options);
  await must(anon.rpc('search_listings', { west: 4, south: 46, east: 5, north: 47 }));
  const refused = await anon.functions.invoke('create-payment', {
    body: { booking_id: randomUUID() },
  });
  const status = (refused.error as { context?: Response } | null)?.context?.status;
  if (status !== 401) {
    throw new SmokeFailed(
      `create-payment answers a stranger with ${status ?? 200} instead of 401.`,
    );
  }
  const { data, error } = await anon.functions.invoke('graphql', {
    body: { query: '{ __typename }' },
  });
  const answer = (error as { context?: Response } | null)?.context;
  if (answer?.headers?.get('x-error-code') === 'not_configured') {
    say('read: the function graphql has no GRAPHQL_DATABASE_URL, and is off');
  } else if (error !== null || data?.data?.__typename !== 'Query') {
    throw new SmokeFailed(`The function graphql does not answer: ${error?.message ?? data}`);
  }
}

const open = ({ url, publishableKey }: SmokeOptions, token?: string): Client =>
  createClient<Database>(url, publishableKey, {
    auth: { persistSession: false, autoRefreshToken: false },
    ...(token === undefined ? {} : { global: { headers: { Authorization: `Bearer ${token}` } } }),
  });

/**
 * By the secret key, past CAPTCHAs and without an e-mail. Auth of the embedded stack has no such door:
 * there everybody may sign up.
 */
async function signUp(options: SmokeOptions, role: 'host' | 'guest'): Promise<Person> {
  const email = addressOf(options, role);
  const password = randomBytes(24).toString('base64url');
  const data = { display_name: `Smoke test, ${role}` };
  const server = createClient(options.url, options.secretKey, { auth: { persistSession: false } });
  const made = await server.auth.admin.createUser({
    ...{ email, password, email_confirm: true, user_metadata: data },
  });
  const client = open(options);
  if (made.error === null) {
    const link = await server.auth.admin.generateLink({ type: 'magiclink', email });
    if (link.error) throw new SmokeFailed(`No session for a test person: ${link.error.message}`);
    const session = await client.auth.verifyOtp({
      token_hash: link.data.properties.hashed_token,
      type: 'magiclink',
    });
    if (session.error) {
      throw new SmokeFailed(`No session for a test person: ${session.error.message}`);
    }
    return { id: made.data.user.id, client };
  }
  if (!['127.0.0.1', 'localhost'].includes(new URL(options.url).hostname)) {
    throw new SmokeFailed(`A test person can't be made: ${made.error.message}`);
  }
  const signed = await client.auth.signUp({ email, password, options: { data } });
  if (signed.error || signed.data.user === null) {
    throw new SmokeFailed(`A test person can't sign up: ${signed.error?.message}`);
  }
  return { id: signed.data.user.id, client };
}

function addressOf({ email = 'smoke@example.com' }: SmokeOptions, role: string): string {
  const [name, domain] = email.split('@');
  return `${name}+${role}-${randomBytes(6).toString('hex')}@${domain}`;
}

/** Far from every coast, so that no search for a real place finds it. */
async function publishHome({ client }: Person): Promise<string> {
  const listing_id = randomUUID();
  await must(client.rpc('create_listing', {
    listing_id,
    title: 'Smoke test, not for rent',
    time_zone: 'UTC',
    currency: 'USD',
    capacity: 1,
  }));
  await must(
    client.from('listing_addresses').insert({
      listing_id,
      street: 'None',
      postal_code: '0',
      latitude: -48.8767,
      longitude: -123.3933,
    }),
  );
  await must(
    client.from('listings').update({
      description: 'Made by the smoke test of a deployment, and gone in a moment.',
      country_code: 'US',
      region: 'None',
      city: 'None',
      instant_book: true,
    }).eq('listing_id', listing_id),
  );
  await must(client.from('listing_prices').insert({ listing_id, base_price_minor: 10_000 }));
  await must(client.rpc('publish_listing', { listing_id }));
  return listing_id;
}

async function hold({ client }: Person, listing_id: string): Promise<string> {
  // The first day of the calendar is today, where the marketplace is.
  const calendar = await must(client.rpc('listing_calendar', { listing_id }));
  const day = (after: number) => {
    const today = Date.parse(calendar[0]?.day ?? '');
    return new Date(today + after * 86_400_000).toISOString().slice(0, 10);
  };
  const stay = { listing_id, check_in: day(30), check_out: day(32), guests: 1 };
  const quote = await must(client.rpc('quote_stay', stay));
  const booking_id = randomUUID();
  await must(client.rpc('request_booking', {
    ...stay,
    booking_id,
    expected_total_minor: quote.total_minor,
  }));
  return booking_id;
}

/** As Stripe.js does in the guest's browser, with Stripe's test card. */
async function pay(
  { stripeKey = '', stripeUrl }: SmokeOptions,
  { client }: Person,
  booking_id: string,
): Promise<void> {
  const { data, error } = await client.functions.invoke('create-payment', { body: { booking_id } });
  if (error !== null) {
    const answer = await (error as { context?: Response }).context?.text?.();
    throw new SmokeFailed(`create-payment refused: ${answer ?? error.message}`);
  }
  const url = stripeUrl === undefined ? undefined : new URL(stripeUrl);
  const { Stripe } = await import('stripe');
  const stripe = new Stripe(stripeKey, {
    telemetry: false,
    ...(url === undefined ? {} : {
      host: url.hostname,
      port: url.port || (url.protocol === 'http:' ? '80' : '443'),
      protocol: url.protocol === 'http:' ? 'http' : 'https',
    }),
  });
  const intent = String(data.client_secret).split('_secret')[0] ?? '';
  await stripe.paymentIntents.confirm(intent, {
    payment_method: 'pm_card_visa',
    return_url: 'https://example.com/',
  });
}

async function cancel(options: SmokeOptions, { client }: Person, booking_id: string) {
  const preview = await must(client.rpc('preview_cancellation', { booking_id }));
  await must(client.rpc('cancel_booking', {
    booking_id,
    ...(preview.refund_minor === null ? {} : { expected_refund_minor: preview.refund_minor }),
  }));
  await until(options, 'the refund is made', async () => {
    const { data: { captured_minor, refunded_minor } } = await client.from('payments')
      .select('captured_minor, refunded_minor').eq('booking_id', booking_id).single()
      .throwOnError();
    return (captured_minor ?? 0) > 0 && refunded_minor === preview.refund_minor;
  });
}

async function statusOf({ client }: Person, booking_id: string) {
  const { data } = await client.from('bookings').select('status').eq('booking_id', booking_id)
    .single().throwOnError();
  return data.status;
}

/** Ends the stay, takes the home off the market and deletes both people, however the test went. */
async function leave(
  options: SmokeOptions,
  [guest, host]: Person[],
  home: string | undefined,
  booking: string | undefined,
): Promise<void> {
  const { say = console.log } = options;
  if (booking !== undefined && guest !== undefined) {
    // Which of the two it takes depends on how far the test came.
    await guest.client.rpc('withdraw_booking', { booking_id: booking });
    await guest.client.rpc('cancel_booking', { booking_id: booking });
  }
  if (home !== undefined && host !== undefined) {
    const { error } = await host.client.rpc('hide_listing', { listing_id: home });
    if (error) say(`The home ${home} of the smoke test is still published: ${error.message}`);
  }
  for (const { client, id } of [guest, host].filter((one) => one !== undefined)) {
    // What was ordered at Stripe for them may still be on its way.
    let last = '';
    const gone = async () => {
      const { error } = await client.rpc('delete_my_account');
      last = error?.message ?? '';
      return error === null;
    };
    await until(options, 'a test person is deleted', gone).catch(() =>
      say(`The test person ${id} is still there: ${last}`)
    );
  }
}

async function until(
  { patienceMs = 180_000 }: SmokeOptions,
  what: string,
  holds: () => Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!await holds()) {
    if (Date.now() > deadline) {
      throw new SmokeFailed(`Waited ${patienceMs / 1000} s, but this did not happen: ${what}.`);
    }
    await new Promise((wake) => setTimeout(wake, 500));
  }
}

async function must<Data>(
  request: PromiseLike<
    { data: Data; error: null } | { data: unknown; error: { message: string; code?: string } }
  >,
): Promise<Data> {
  const { data, error } = await request;
  if (error !== null) {
    throw new SmokeFailed([error.message, error.code].filter(Boolean).join(' '));
  }
  return data as Data;
}
