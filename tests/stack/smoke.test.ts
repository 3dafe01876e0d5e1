import { expect, test } from 'vitest';
import { keys } from '../../local/keys.ts';
import { SmokeFailed, type SmokeLevel, smokeTest, usualLevel } from '../../scripts/deploy/smoke.ts';
import { control } from '../functions/paying.ts';
import { whileTheClockBeats } from '../support/clock.ts';
import { runScript } from '../support/scripts.ts';
import { asPostgres, testApi, testDatabase, testStripe } from '../support/stack.ts';

/** Runs the smoke test against this file's stack; answers what it said. */
async function smoke(level: SmokeLevel, options: { stripeKey?: string } = {}): Promise<string[]> {
  const [{ url }, stripe] = [await testApi(), await testStripe()];
  const said: string[] = [];
  await whileTheClockBeats(() =>
    smokeTest({
      url,
      publishableKey: keys.publishable,
      secretKey: keys.secret,
      level,
      stripeKey: 'sk_test_staybase_local',
      stripeUrl: stripe.url,
      patienceMs: 1_200_000,
      say: (line) => said.push(line),
      ...options,
    })
  );
  return said;
}

/** What strangers could still find, and who is still there. */
const left = async () =>
  (await asPostgres(
    `select (select count(*) from public.listings where status = 'published')::int as homes,
       (select count(*) from auth.users)::int as logins,
       (select count(*) from private.claims)::int as taken_nights`,
  ))[0];

test('a full smoke test books, pays and cancels a stay, and leaves only the cancelled booking', async () => {
  const said = await smoke('full');
  expect(said).toEqual([
    expect.stringMatching(/^read/),
    expect.stringMatching(/^hold/),
    'full: a test card paid, and Stripe said so',
    'full: the stay was cancelled, and the money is back',
  ]);
  expect(
    await asPostgres(
      `select bookings.status, payments.captured_minor > 0 and payments.captured_minor = payments.refunded_minor as is_back
     from public.bookings join public.payments using (booking_id)`,
    ),
  ).toEqual([{ status: 'cancelled_by_guest', is_back: true }]);
  expect(await left()).toEqual({ homes: 0, logins: 0, taken_nights: 0 });
});

test('a smoke test that holds nights lets them go, without a word to Stripe', async () => {
  const fake = await control();
  const asked = () => fake.requests({ method: 'POST', path: '/v1/payment_intents' }).length;
  const before = asked();
  await smoke('hold');
  expect(asked()).toBe(before);
  expect(await left()).toEqual({ homes: 0, logins: 0, taken_nights: 0 });
});

test('a smoke test that fails half-way takes its home and its people away', async () => {
  const fake = await control();
  fake.fail({ kind: 'unavailable', path: '/confirm', times: 100 });
  await expect(smoke('full')).rejects.toThrow();
  fake.clearFaults();
  expect(await left()).toEqual({ homes: 0, logins: 0, taken_nights: 0 });
});

test('a commit is proved by the smoke test at the end of its deploy, and by nothing less', async () => {
  const [{ url }, stripe, database] = [await testApi(), await testStripe(), await testDatabase()];
  const deploy = (...args: string[]) =>
    whileTheClockBeats(() =>
      runScript('deploy', args, {
        PATH: process.env.PATH,
        STAYBASE_REVISION: 'd'.repeat(40),
        STAYBASE_ENVIRONMENT: 'local',
        DATABASE_URL: database.url,
        SUPABASE_URL: url,
        SUPABASE_PUBLISHABLE_KEY: keys.publishable,
        SUPABASE_SECRET_KEY: keys.secret,
        STRIPE_SECRET_KEY: 'sk_test_staybase_local',
        STRIPE_API_URL: stripe.url,
      })
    );
  const proved = () =>
    asPostgres('select revision, proved_at is not null as is from private.deployments');

  expect(await deploy('--smoke', 'read')).toMatchObject({ code: 0 });
  expect(await proved()).toEqual([{ revision: 'd'.repeat(40), is: false }]);
  const { code, stdout } = await deploy();
  expect(code).toBe(0);
  expect(stdout).toContain('full: the stay was cancelled, and the money is back\nAll is well.');
  expect(await proved()).toEqual([{ revision: 'd'.repeat(40), is: true }]);
  expect(await left()).toEqual({ homes: 0, logins: 0, taken_nights: 0 });
});

test('nothing is paid with a live key, and nothing written unless it is asked for', async () => {
  await expect(smoke('full', { stripeKey: 'sk_live_x' })).rejects.toThrow(SmokeFailed);
  expect([
    usualLevel('sk_live_x'),
    usualLevel('rk_live_x'),
    usualLevel(undefined),
    usualLevel('sk_test_x'),
  ])
    .toEqual(['read', 'read', 'read', 'full']);
});
