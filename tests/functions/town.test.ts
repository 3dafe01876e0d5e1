import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bringDemoMoney } from '../../local/demo-money.ts';
import { inProject } from '../../local/paths.ts';
import { demoPeople } from '../../local/demo-people.ts';
import { person } from '../support/people.ts';
import { asPostgres, moveClock, testApi } from '../support/stack.ts';
import { control, settle, stripeSdk } from './paying.ts';

test('the money of the small town is known at the fake Stripe, and adds up however far the clock moves', async () => {
  for (const { name } of demoPeople) await person(name);
  await asPostgres(readFileSync(inProject('supabase', 'seed.sql'), 'utf8'));
  const stripe = await control();
  const { url } = await testApi();
  const bring = () =>
    bringDemoMoney({
      query: asPostgres,
      control: stripe,
      gatewayUrl: url,
      signIn: async (email) =>
        (await person(demoPeople.find((who) => who.email === email)?.name ?? '')).token,
    });
  await bring();
  const known = () => ({
    intents: stripe.list('payment_intents').length,
    charges: stripe.list('charges').length,
    refunds: stripe.list('refunds').length,
    accounts: stripe.list('accounts').length,
    balance: stripe.balance(),
  });
  const before = known();
  expect(before).toMatchObject({ intents: 7, charges: 7, accounts: 2 });
  await bring();
  expect(known()).toEqual(before);

  const sdk = await stripeSdk();
  const paid = await asPostgres<{ intent: string; charge: string; amount: number }>(
    `select stripe_intent_id as intent, stripe_charge_id as charge, amount_minor::int as amount
     from public.payments where status = 'captured'`,
  );
  for (const { intent, charge, amount } of paid) {
    expect(await sdk.paymentIntents.retrieve(intent)).toMatchObject({
      status: 'succeeded',
      amount_received: amount,
      latest_charge: charge,
    });
  }

  for (
    const hop of ['1 minute', '1 day', '3 days', '20 days', '5 months', '1 day', '1 year', '1 day']
  ) {
    await moveClock(hop);
    await stripe.tick();
    await settle();
    const wrong = await asPostgres(
      `select difference, detail from private.reconciliation_report()
       union all select 'command ' || status, kind || ': ' || problem from private.commands where status = 'failed'
       union all select 'job', job || ': ' || problem from private.job_failures`,
    );
    expect({ hop, wrong }).toEqual({ hop, wrong: [] });
  }
  // A host is paid in the end, less what a host owes for cancelling.
  expect(
    await asPostgres(
      `select status, count(*)::int as count from public.payouts where status <> 'cancelled' group by status`,
    ),
  ).toEqual([{ status: 'paid', count: 3 }]);
});
