import type { Market } from './market.ts';

/** What must be nothing at the end of a year. None of it asks the rules that keep it so. */
export interface Books {
  sharedNights: number;
  unbalancedPostings: number;
  /** Minor units between the ledger's account at Stripe and the fake's own balance. */
  ledgerFromStripe: number;
  /** Rows of the reconciliation report. */
  differences: number;
  /** Parts that private.health() calls unhealthy, but for the schedule, which nobody keeps here. */
  unhealthy: string[];
}

export async function readBooks({ query, stripe }: Market): Promise<Books> {
  const count = async (sql: string) =>
    (await query<{ count: number }>(`select count(*)::integer as count from (${sql}) as found`))[0]
      ?.count ?? Number.NaN;
  const [ledger] = await query<{ held: string }>(
    `select coalesce(sum(amount_minor), 0) as held from private.ledger_entries
     where account = 'stripe_balance'`,
  );
  const atStripe = stripe.list('balance_transactions').reduce((sum, { net }) => sum + net, 0);
  return {
    sharedNights: await count(
      `select from private.claims as one
       join private.claims as other
         on other.listing_id = one.listing_id and other.claim_id > one.claim_id
         and other.nights && one.nights and other.lane && one.lane`,
    ),
    unbalancedPostings: await count(
      `select from private.ledger_entries group by source_kind, source_id, currency
       having sum(amount_minor) <> 0`,
    ),
    ledgerFromStripe: Number(ledger?.held) - atStripe,
    differences: await count('select from private.reconciliation_report()'),
    unhealthy: (await query<{ line: string }>(
      `select part || ': ' || detail as line from private.health() where not healthy order by 1`,
    )).map(({ line }) => line).filter((line) => !line.startsWith('schedule: ')),
  };
}

/** What is wrong with them, in words. */
export function faultsOf({ unhealthy, ...counts }: Books): string[] {
  return [
    ...Object.entries(counts).filter(([, found]) => found !== 0)
      .map(([what, found]) => `${what}: ${found}`),
    ...unhealthy,
  ];
}
