import { createClient } from '@supabase/supabase-js';
import { createHash, randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Edge } from '../../local/edge.ts';
import { keys, signToken } from '../../local/keys.ts';
import type { Details } from './manifest.ts';

/** Something that was tried on the copy, and whether it went as it must. */
export interface Proof {
  what: string;
  holds: boolean;
  detail: string;
}

const browser = (url: string, token?: string) =>
  createClient(url, keys.publishable, {
    auth: { persistSession: false, autoRefreshToken: false },
    ...(token === undefined ? {} : { global: { headers: { Authorization: `Bearer ${token}` } } }),
  });

/** A stay from sign-up to confirmation, through the API of the copy and a fake Stripe. */
export async function bookAStay(url: string, stripe: NonNullable<Edge['stripe']>): Promise<Proof> {
  const what = 'two strangers sign up, one offers a home, the other books and pays for a stay';
  try {
    const [host, guest] = [await signUp(url, 'Host'), await signUp(url, 'Guest')];
    const listing_id = randomUUID();
    await host.rpc('create_listing', {
      listing_id,
      title: 'A home of the drill',
      time_zone: 'Europe/Paris',
      currency: 'EUR',
      capacity: 2,
    }).throwOnError();
    await host.from('listing_addresses').insert({
      listing_id,
      street: '1 rue du Port',
      postal_code: '29900',
      latitude: 47.87,
      longitude: -3.92,
    }).throwOnError();
    await host.from('listings').update({
      description: 'Quiet.',
      country_code: 'FR',
      city: 'Concarneau',
      instant_book: true,
    }).eq('listing_id', listing_id).throwOnError();
    await host.from('listing_prices').insert({ listing_id, base_price_minor: 9_000 })
      .throwOnError();
    await host.rpc('publish_listing', { listing_id }).throwOnError();

    const { data: calendar } = await guest.rpc('listing_calendar', { listing_id }).throwOnError();
    const today = Date.parse(calendar[0].day);
    const day = (ahead: number) => new Date(today + ahead * 86_400_000).toISOString().slice(0, 10);
    const stay = { listing_id, check_in: day(40), check_out: day(42), guests: 2 };
    const { data: quote } = await guest.rpc('quote_stay', stay).throwOnError();
    const booking_id = randomUUID();
    await guest.rpc('request_booking', {
      ...stay,
      booking_id,
      expected_total_minor: quote.total_minor,
      expected_cancellation_policy: quote.cancellation_policy,
    }).throwOnError();
    const { data: payment, error } = await guest.functions.invoke('create-payment', {
      body: { booking_id },
    });
    if (error) throw error;
    await stripe.control.pay(String(payment.client_secret).split('_secret')[0] ?? '');
    await stripe.control.settled();
    const { data: booking } = await guest.from('bookings').select('status')
      .eq('booking_id', booking_id).single().throwOnError();
    return { what, holds: booking.status === 'confirmed', detail: booking.status };
  } catch (error) {
    return { what, holds: false, detail: said(error) };
  }
}

async function signUp(url: string, name: string) {
  const client = browser(url);
  const { error } = await client.auth.signUp({
    email: `drill-${randomUUID()}@example.com`,
    password: randomUUID(),
    options: { data: { display_name: name } },
  });
  if (error) throw error;
  return client;
}

/**
 * What nobody may do, tried by somebody without an account and by one who has one and means no good.
 * Each has to be refused, or to find nothing.
 */
export async function attacks(url: string, owner: pg.ClientBase): Promise<Proof[]> {
  const anon = browser(url);
  const eve = await signUp(url, 'Eve');
  const proofs: Proof[] = [];
  const refused = async (
    what: string,
    ask: () => PromiseLike<{ data: unknown; error: unknown }>,
  ) => {
    const { data, error } = await ask();
    const found = Array.isArray(data) ? data.length : data === null ? 0 : 1;
    const holds = error === null ? found === 0 : isRefusal(error);
    proofs.push({ what, holds, detail: error === null ? `${found} rows` : said(error) });
  };

  const { rows: closed } = await owner.query<{ name: string }>(
    `select relname::text as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind = 'r'
       and not has_table_privilege('anon', oid, 'select') order by 1`,
  );
  for (const { name } of closed) {
    await refused(`nobody in particular reads ${name}`, () => anon.from(name).select('*').limit(1));
  }
  const { data: me } = await eve.auth.getUser();
  await refused(
    'a newcomer reads private_profiles of others',
    () => eve.from('private_profiles').select('*').neq('profile_id', me.user?.id ?? '').limit(1),
  );
  for (const name of ['bookings', 'payments', 'messages', 'listing_access']) {
    await refused(`a newcomer reads ${name} of others`, () => eve.from(name).select('*').limit(1));
  }
  await refused(
    'a newcomer confirms the bookings of others',
    () => eve.from('bookings').update({ status: 'confirmed' }).neq('status', 'confirmed').select(),
  );
  await refused(
    'a newcomer lowers the prices of others',
    () =>
      eve.from('listing_prices').update({ base_price_minor: 1 }).gte('base_price_minor', 2)
        .select(),
  );
  await refused(
    'a newcomer makes themselves staff',
    () => eve.rpc('add_staff', { profile_id: randomUUID() }),
  );
  await refused('nobody in particular books a stay', () =>
    anon.rpc('request_booking', {
      booking_id: randomUUID(),
      listing_id: randomUUID(),
      check_in: '2031-06-01',
      check_out: '2031-06-02',
      guests: 1,
      expected_total_minor: 1,
    }));
  await refused(
    'a newcomer reads the schema private',
    () => eve.schema('private').from('settings').select('*'),
  );
  await refused(
    'a newcomer reads the schema auth',
    () => eve.schema('auth').from('users').select(),
  );
  await refused("a newcomer uploads into another's folder", () =>
    eve.storage.from('listing-photos')
      .upload(`${randomUUID()}/photo.png`, new Blob(['png'], { type: 'image/png' })));
  await refused('a newcomer reads the reports of others', () => eve.from('reports').select());

  // Below the API: what a role may do at all.
  const { rows: [rights] } = await owner.query<{ holds: boolean }>(
    `select not has_schema_privilege('anon', 'private', 'usage')
       and not has_schema_privilege('authenticated', 'private', 'usage')
       and not exists (select from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and not relrowsecurity)
       and not exists (select from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
         and (has_table_privilege('anon', oid, 'insert') or has_table_privilege('anon', oid, 'update') or has_table_privilege('anon', oid, 'delete')))
       as holds`,
  );
  proofs.push({
    what:
      'no API role enters private, every table has row level security, nobody in particular writes',
    holds: rights?.holds === true,
    detail: '',
  });
  return proofs;
}

/** One person of the backup is known to Auth, with their address. */
export async function onePerson(url: string, owner: pg.ClientBase): Promise<Proof> {
  const what = 'Auth knows a person of the backup';
  const { rows: [person] } = await owner.query<{ id: string; email: string }>(
    'select id::text, email::text from auth.users where email is not null order by created_at limit 1',
  );
  if (person === undefined) return { what, holds: true, detail: 'the backup has no people' };
  // Their password is theirs: a session is made for them, as signing in does.
  const session = randomUUID();
  await owner.query(
    `insert into auth.sessions (id, user_id, aal, created_at, updated_at) values ($1, $2, 'aal1', now(), now())`,
    [session, person.id],
  );
  const seconds = Math.floor(Date.now() / 1000);
  const token = signToken({
    sub: person.id,
    aud: 'authenticated',
    role: 'authenticated',
    email: person.email,
    session_id: session,
    iat: seconds,
    exp: seconds + 300,
  });
  const { data, error } = await browser(url, token).auth.getUser(token);
  const holds = error === null && data.user.email === person.email;
  return { what, holds, detail: error === null ? `user ${person.id}` : said(error) };
}

/** One file of the backup comes through Storage, byte by byte. */
export async function oneFile(url: string, details: Details): Promise<Proof> {
  const what = 'Storage serves a file of the backup';
  const file = details.files[0];
  if (file === undefined) return { what, holds: true, detail: 'the backup has no files' };
  const path = `${file.bucket}/${file.name.split('/').map(encodeURIComponent).join('/')}`;
  const answer = await fetch(`${url}/storage/v1/object/${path}`, {
    headers: { apikey: keys.secret, authorization: `Bearer ${keys.secret}` },
  });
  const content = Buffer.from(await answer.arrayBuffer());
  const found = createHash('sha256').update(content).digest('hex');
  return { what, holds: found === file.sha256, detail: `${file.bucket}/${file.name}` };
}

/** A table or verb that is not there at all proves nothing. */
function isRefusal(error: unknown): boolean {
  const { code, statusCode } = error as { code?: string; statusCode?: string };
  return /^(42501|PGRST106|PT4\d\d)$/.test(code ?? '') || statusCode === '403';
}

const said = (error: unknown): string => {
  const { code, message } = error as { code?: string; message?: string };
  return [code, message].filter(Boolean).join(' ') || String(error);
};
