import { beforeAll, expect, test } from 'vitest';
import { keys } from '../../local/keys.ts';
import { clientOf, type Person, person } from '../support/people.ts';
import { home, june } from '../support/stays.ts';
import { asPostgres, functionLines, moveClock, setClock, testApi } from '../support/stack.ts';
import { begin, call, control, createPayment, pay, post, work } from './paying.ts';

/** What must never be written down, by what it looks like. */
const secrets: Record<string, RegExp> = {
  'a key of Stripe': /\b[sr]k_(?:test|live)_\w+/,
  'a signing secret': /\bwhsec_\w+/,
  'a client secret': /_secret_\w{8,}/,
  'a key of Supabase': /\bsb_secret_\w+/,
  'a token': /\beyJ[\w-]{10,}\.[\w-]{10,}/,
};

/** Card numbers: thirteen to nineteen digits, with or without gaps, whose checksum is right. */
function cardIn(text: string): string | undefined {
  for (const [found] of text.matchAll(/\b[3-6]\d{3}(?:[ -]?\d){9,15}\b/g)) {
    const digits = [...found.replaceAll(/\D/g, '')].reverse().map(Number);
    const sum = digits.reduce((total, digit, place) => {
      const twice = digit * 2;
      return total + (place % 2 === 0 ? digit : twice > 9 ? twice - 9 : twice);
    }, 0);
    if (sum % 10 === 0) return found;
  }
  return undefined;
}

/** What a text gives away, in words. */
function givenAway(text: string): string[] {
  const found = Object.entries(secrets).filter(([, looks]) => looks.test(text))
    .map(([what, looks]) => `${what}: ${looks.exec(text)?.[0].slice(0, 12)}`);
  return cardIn(text) === undefined ? found : [...found, `a card: ${cardIn(text)}`];
}

let host: Person;
let clientSecret: string;

beforeAll(async () => {
  await setClock('2031-05-20T12:00:00Z');
  host = await person('Hedy');
  const mill = await home({ host });
  const stripe = await control();
  const opens = await call('host-account', {
    headers: { authorization: `Bearer ${host.token}` },
    body: JSON.stringify({ country_code: 'US', return_url: 'https://stay.test/host' }),
  });
  expect(opens.status).toBe(200);
  const [account] = await asPostgres<{ id: string }>(
    'select stripe_account_id as id from public.host_accounts',
  );
  await stripe.onboard(account?.id ?? '', 'active');

  // Declined, stolen, 3DS, then paid; a second stay is refunded, a third disputed.
  const first = await begin(mill, undefined, june(1, 3));
  const again = await createPayment(first.guest, first.booking);
  clientSecret = String(again.body.client_secret);
  for (const card of ['chargeDeclined', 'chargeDeclinedInsufficientFunds', '4000000000000002']) {
    await stripe.pay(first.intent, card);
  }
  await stripe.pay(first.intent, '4242424242424242');
  const second = await begin(mill, undefined, june(4, 6));
  await pay(second.intent);
  const third = await begin(mill, undefined, june(7, 9));
  await pay(third.intent, '4242424242424242');
  await stripe.openDispute({ payment_intent: third.intent });
  await stripe.warnOfFraud({ payment_intent: first.intent });
  await stripe.settled();
  await (await clientOf(second.guest)).rpc('cancel_booking', {
    booking_id: second.booking,
    reason: 'My card 4242 4242 4242 4242 was charged twice',
  });

  // All that goes wrong is told, too.
  stripe.fail({ kind: 'error_before', method: 'POST', path: '/v1/refunds', times: 3 });
  stripe.fail({ kind: 'conflict', method: 'POST', path: '/v1/refunds', times: 3 });
  await work();
  stripe.clearFaults();
  await post({ id: 'evt_x' }, { secret: 'whsec_of_somebody_else' });
  await post('{"card": "4242424242424242"');
  await post({
    id: 'evt_y',
    object: 'event',
    type: 'charge.updated',
    livemode: false,
    data: { object: { id: 'ch_none' } },
  });
  await call('create-payment', {
    headers: { authorization: `Bearer ${keys.secret}` },
    body: JSON.stringify({ booking_id: first.booking, card: '4242424242424242' }),
  });
  await call('create-payment', {
    headers: { authorization: `Bearer ${first.guest.token}` },
    body: `{"booking_id": "${first.booking}", "number": "4242424242424242"`,
  });
  await call('run-commands', { headers: { apikey: `${keys.secret}x` } });
  await fetch(`${(await testApi()).url}/functions/v1/run-commands?key=${keys.secret}`);
  for (const days of ['1 day', '15 days', '1 day']) {
    await moveClock(days);
    await work();
  }
});

test('the scan finds what it looks for', () => {
  expect(givenAway(`at ${clientSecret}`)).toHaveLength(1);
  expect(givenAway('sk_test_staybase_local whsec_staybase_local')).toHaveLength(2);
  expect(givenAway(`${keys.secret} ${host.token}`).length).toBeGreaterThan(1);
  expect(givenAway('4242 4242 4242 4242')).toEqual(['a card: 4242 4242 4242 4242']);
  expect(givenAway('4242424242424242 4000000000000002')).toHaveLength(1);
  expect(givenAway('1937653204000 pi_3Nx 2031-05-20T12:00:00.123456')).toEqual([]);
});

test('nothing secret reaches the log, and no address or name', () => {
  const lines = functionLines();
  expect(lines.length).toBeGreaterThan(20);
  expect(lines.flatMap(givenAway)).toEqual([]);
  expect(lines.filter((line) => /@example\.com|Hedy|Ada/.test(line))).toEqual([]);
});

test('nothing secret reaches a table but what a person wrote themselves', async () => {
  const tables = await asPostgres<{ name: string }>(
    `select format('%I.%I', nspname, relname) as name
     from pg_class join pg_namespace on pg_namespace.oid = relnamespace
     where relkind = 'r' and nspname in ('public', 'private') order by 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await asPostgres<{ row: string }>(`select kept::text as row from ${name} as kept`);
    for (const { row } of rows) found.push(...givenAway(row).map((what) => `${name}: ${what}`));
  }
  const words = /^public\.(bookings|booking_history|messages): a card/;
  expect(found.filter((what) => !words.test(what))).toEqual([]);
});

test('every request to Stripe was one that Stripe understands', async () => {
  const stripe = await control();
  const requests = stripe.requests();
  const made = new Set(
    requests.map(({ method, path }) =>
      `${method} ${path.replaceAll(/\/[a-z]+_\w+$|\/[a-z]+_\w{10,}/g, '/:id')}`
    ),
  );
  expect(made.size).toBeGreaterThan(12);
  const refused = requests.filter(({ error, fault }) => error !== null && fault === null)
    .map(({ method, path, error }) => `${method} ${path} ${error}`);
  // Only cards, an event about nothing, and what an intent allows once.
  expect(refused.filter((line) => !/card_declined|resource_missing|unexpected_state/.test(line)))
    .toEqual([]);
  for (const { key, path } of requests) {
    expect(path.startsWith('/v1/') ? key : 'secret').toBe('secret');
  }
});
