import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { control } from '../functions/paying.ts';
import { anonClient, type Client } from './people.ts';
import { mailTo, runDueJobs } from './stack.ts';

/** Somebody who signed up through Auth, with the supabase-js of their browser. */
export interface Member {
  id: string;
  name: string;
  email: string;
  client: Client;
}

/** Signs up for real: Auth, a password, a session that supabase-js keeps. */
export async function signUp(name: string): Promise<Member> {
  const client = await anonClient();
  const email = `${name.toLowerCase()}@example.com`;
  const { data, error } = await client.auth.signUp({
    email,
    password: `correct horse battery ${name}`,
    options: { data: { display_name: name } },
  });
  expect(error).toBeNull();
  return { id: data.user?.id ?? '', name, email, client };
}

/** A host makes a home, step by step as a frontend does, and publishes it; returns its id. */
export async function publishHome(
  { client }: Member,
  { instantBook = true, title = 'The Mill' } = {},
): Promise<string> {
  const listing_id = randomUUID();
  await client.rpc('create_listing', {
    listing_id,
    title,
    time_zone: 'America/New_York',
    currency: 'USD',
    capacity: 4,
  }).throwOnError();
  await client.from('listing_addresses').insert({
    listing_id,
    street: '11 State Street',
    postal_code: '12207',
    latitude: 42.6488,
    longitude: -73.7502,
  }).throwOnError();
  await client.from('listing_access').insert({ listing_id, door_code: '4711' }).throwOnError();
  await client.from('listings').update({
    description: 'A mill by the river.',
    country_code: 'US',
    region: 'New York',
    city: 'Albany',
    instant_book: instantBook,
  }).eq('listing_id', listing_id).throwOnError();
  await client.from('listing_prices').insert({ listing_id, base_price_minor: 10_000 })
    .throwOnError();
  await client.rpc('publish_listing', { listing_id }).throwOnError();
  return listing_id;
}

/** The owner asks somebody to host the home too, and that person accepts. */
export async function hostTogether(
  owner: Member,
  cohost: Member,
  listing_id: string,
  role: 'full' | 'calendar',
): Promise<void> {
  const invitation_id = randomUUID();
  await owner.client.rpc('invite_cohost', {
    invitation_id,
    listing_id,
    role,
    profile_id: cohost.id,
  })
    .throwOnError();
  await cohost.client.rpc('accept_cohost_invitation', { invitation_id }).throwOnError();
}

export interface Nights {
  checkIn: string;
  checkOut: string;
}

/** A guest asks what a stay costs and requests it at that price; returns what the database answered. */
export async function book(
  { client }: Member,
  listing_id: string,
  { checkIn, checkOut }: Nights,
  booking_id: string = randomUUID(),
) {
  const stay = { listing_id, check_in: checkIn, check_out: checkOut, guests: 2 };
  const quote = await client.rpc('quote_stay', stay);
  if (quote.error) return { booking_id, ...quote };
  const answer = await client.rpc('request_booking', {
    ...stay,
    booking_id,
    expected_total_minor: quote.data.total_minor ?? -1,
  });
  return { booking_id, ...answer };
}

/** A guest's browser opens the payment page; returns the intent that Stripe's form shows. */
export async function openPayment({ client }: Member, booking_id: string): Promise<string> {
  const { data, error } = await client.functions.invoke('create-payment', {
    body: { booking_id },
  });
  expect(error).toBeNull();
  return String(data.client_secret).split('_secret_')[0] ?? '';
}

/** A guest books, pays with a card that works, and Stripe's word has arrived; returns the booking's id. */
export async function bookAndPay(guest: Member, listing: string, nights: Nights): Promise<string> {
  const { booking_id, error } = await book(guest, listing, nights);
  expect(error).toBeNull();
  const stripe = await control();
  await stripe.pay(await openPayment(guest, booking_id));
  await stripe.settled();
  return booking_id;
}

/** The stack's clock beats: due jobs, commands, mails, and the webhooks that follow. */
export async function timePasses(): Promise<void> {
  await runDueJobs();
  await (await control()).settled();
}

/** The latest e-mail that somebody got, of all or of those that name a booking. */
export const lastMail = ({ email }: Member, booking_id = '') =>
  mailTo(email).findLast(({ text }) => text?.includes(booking_id));

/** What somebody sees of a booking; undefined when they see none. */
export async function statusOf({ client }: Member, booking_id: string) {
  const { data } = await client.from('bookings').select('status').eq('booking_id', booking_id)
    .maybeSingle().throwOnError();
  return data?.status;
}

/** The payment of a booking as its guest sees it. */
export async function paymentOf({ client }: Member, booking_id: string) {
  const { data } = await client.from('payments')
    .select('status, captured_minor, refunded_minor, last_error').eq('booking_id', booking_id)
    .maybeSingle().throwOnError();
  return data;
}
