import { existsSync, readFileSync } from 'node:fs';
import { keys } from './keys.ts';
import type { Control } from './stripe/control.ts';
import type { KnownPayment } from './stripe/adopt.ts';

export interface Town {
  query<Row extends object>(sql: string): Promise<Row[]>;
  control: Control;
  gatewayUrl: string;
  /** An access token of the person with this address; undefined when they do not let us in. */
  signIn(email: string): Promise<string | undefined>;
}

/**
 * Has the fake Stripe know what supabase/seed.sql says was paid, under the ids it says, and opens the
 * accounts of the hosts who are to be paid. What is there stays as it is, so it may run at every start.
 */
export async function bringDemoMoney(town: Town): Promise<void> {
  town.control.adopt(await paymentsOf(town));
  for (const { email } of await hostsWithoutAccount(town)) await openAccount(town, email);
}

/** How many payments of this database only the fake Stripe knows. */
export async function countPaymentsOfTheFake(
  query: Town['query'],
  file: string,
): Promise<number> {
  if (!existsSync(file)) return 0;
  const known = readFileSync(file, 'utf8');
  const payments = await query<{ id: string }>(
    'select stripe_intent_id as id from public.payments where stripe_intent_id is not null',
  );
  return payments.filter(({ id }) => known.includes(`"${id}"`)).length;
}

async function paymentsOf({ query }: Town): Promise<KnownPayment[]> {
  return await query<KnownPayment>(`
    select payments.stripe_intent_id as intent, payments.stripe_charge_id as charge,
      payments.amount_minor::integer as amount, lower(payments.currency) as currency,
      payments.status = 'captured' as captured,
      extract(epoch from coalesce(payments.captured_at, payments.created_at))::integer as at,
      jsonb_build_object('app', 'staybase', 'env', 'local', 'booking_id', payments.booking_id,
        'payment_id', payments.payment_id) as metadata,
      'booking_' || payments.booking_id as "transferGroup",
      coalesce((
        select jsonb_agg(jsonb_build_object('refund', refunds.stripe_refund_id, 'amount', refunds.amount_minor,
          'at', extract(epoch from refunds.created_at)::integer, 'metadata', jsonb_build_object('app', 'staybase',
            'env', 'local', 'booking_id', refunds.booking_id, 'payment_id', refunds.payment_id,
            'refund_id', refunds.refund_id)))
        from public.refunds
        where refunds.payment_id = payments.payment_id and refunds.stripe_refund_id like 're\\_seed\\_%'), '[]') as refunds
    from public.payments
    where payments.stripe_intent_id like 'pi\\_seed\\_%' and payments.stripe_charge_id is not null
    order by payments.created_at, payments.payment_id`);
}

const hostsWithoutAccount = ({ query }: Town) =>
  query<{ email: string }>(`
    select distinct private_profiles.email
    from public.payouts
    join public.payments on payments.payment_id = payouts.payment_id
    join public.private_profiles on private_profiles.profile_id = payouts.host_id
    where payments.stripe_intent_id like 'pi\\_seed\\_%' and payouts.status in ('scheduled', 'blocked')
      and not exists (select from public.host_accounts where host_accounts.host_id = payouts.host_id)
    order by private_profiles.email`);

/** As the host and Stripe's form do it. */
async function openAccount({ query, control, gatewayUrl, signIn }: Town, email: string) {
  const token = await signIn(email);
  if (token === undefined) return;
  const answer = await fetch(`${gatewayUrl}/functions/v1/host-account`, {
    method: 'POST',
    headers: { apikey: keys.publishable, authorization: `Bearer ${token}` },
    body: JSON.stringify({ country_code: 'FR', return_url: 'http://127.0.0.1:3000/host' }),
  });
  if (!answer.ok) throw new Error(`${email} could not open an account: ${await answer.text()}`);
  const [account] = await query<{ id: string }>(`
    select host_accounts.stripe_account_id as id
    from public.host_accounts
    join public.private_profiles on private_profiles.profile_id = host_accounts.host_id
    where private_profiles.email = '${email.replaceAll("'", "''")}'`);
  await control.onboard(account?.id ?? '', 'active');
  await control.settled();
}
