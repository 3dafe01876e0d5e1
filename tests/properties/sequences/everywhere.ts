import { asPostgres } from '../../support/stack.ts';
import { brokenPromises } from '../../support/promises.ts';
import type { World } from './world.ts';

export async function judgeAll({ stripe, wire }: World): Promise<string[]> {
  const wrong = wire.surprises.splice(0);
  const balances = new Map<string, bigint>();
  const { available, pending } = stripe.control.balance();
  for (const { currency, amount } of [...available, ...pending]) {
    const name = currency.toUpperCase();
    balances.set(name, (balances.get(name) ?? 0n) + BigInt(amount));
  }
  const ledger = await asPostgres<{ currency: string; minor: string }>(
    `select currency, balance_minor as minor from private.ledger_balances() where account = 'stripe_balance'`,
  );
  for (const { currency, minor } of ledger) {
    if (balances.get(currency) !== BigInt(minor)) {
      wrong.push(`Stripe holds ${balances.get(currency)} ${currency}, the ledger says ${minor}`);
    }
  }
  const queries: Record<string, string> = {
    'a job fails': `select job, problem from private.job_failures
       union all select job, problem from private.rows_set_aside`,
    'an event was never applied':
      'select event_id, type from private.stripe_events where applied_at is null',
    'the ledger does not balance': `select source_kind, source_id from private.ledger_entries
       group by source_kind, source_id, currency having sum(amount_minor) <> 0`,
    // A balance that disputes and debts have eaten is rightly told; it is nobody's mistake.
    'a report about nobody': `select * from private.reconciliation_report()
       where booking_id is null and difference <> 'balance_short'`,
  };
  for (const [what, sql] of Object.entries(queries)) {
    for (const row of await asPostgres(sql)) wrong.push(`${what}: ${JSON.stringify(row)}`);
  }
  const promised = [
    'no stay shares a night with anything but its own preparation',
    'every claim of a booking lies on the listing of that booking',
    'the history of a booking is an unbroken chain of legal moves to where it is',
    'no payment is ordered the same thing twice',
  ];
  for (const [promise, rows] of Object.entries(await brokenPromises())) {
    if (promised.includes(promise)) wrong.push(`broken: ${promise}: ${JSON.stringify(rows)}`);
  }
  return wrong;
}
