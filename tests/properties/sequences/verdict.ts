import { asPostgres } from '../../support/stack.ts';
import { type Books, type Payment, readBooks } from './books.ts';
import { agreedOn, type Case, moneyOf, waitingIn } from './case.ts';
import { judgeAll } from './everywhere.ts';
import { type Facts, factsOf, nothing, sumOf } from './facts.ts';
import { judgeAlterations, judgeCharges, judgeClaims, judgeEnds, judgeMoney } from './judges.ts';
import type { Life } from './life.ts';
import { goneBackWhole, owedTo, settledOf, sharesOf } from './owed.ts';
import type { Settled } from './settlement.ts';
import type { World } from './world.ts';

/** What does not hold, by life; `everywhere` for what is nobody's. */
export async function verdict(
  world: World,
  lives: Life[],
): Promise<{ complaints: Map<Life, string[]>; everywhere: string[]; reached: string[] }> {
  const books = new Map((await readBooks()).map((row) => [row.booking_id, row]));
  const facts = factsOf(world);
  const debts = new Map(
    (await asPostgres<{ host_id: string; minor: string }>(
      `select host_id, sum(amount_minor) as minor from private.ledger_entries
       where account = 'host_debt' group by host_id`,
    )).map(({ host_id: host, minor }) => [host, BigInt(minor)]),
  );
  const reached: string[] = [];
  const complaints = new Map<Life, string[]>();
  for (const life of lives) {
    const about = judge(life, books, facts, debts.get(life.host.id) ?? 0n, reached);
    const all = [...life.complaints, ...about];
    if (all.length > 0) complaints.set(life, all);
  }
  return { complaints, everywhere: await judgeAll(world), reached };
}

function judge(
  life: Life,
  books: Map<string, Books>,
  facts: Map<string, Facts>,
  debt: bigint,
  reached: string[],
): string[] {
  const wrong: string[] = [];
  let received = 0n;
  let due = 0n;
  let waiting = 0n;
  let isTroubled = false;
  for (const asked of life.asked) {
    const known = books.get(asked.booking);
    if (known === undefined) {
      wrong.push(`booking ${asked.booking} is gone`);
      continue;
    }
    const happened = facts.get(asked.booking) ?? nothing;
    const one: Case = {
      life,
      asked,
      agreed: agreedOn(asked, known),
      books: known,
      facts: happened,
      stay: sumOf(
        known.payments.filter(({ purpose }) => purpose !== 'damage').map((payment) =>
          moneyOf(happened, payment)
        ),
      ),
      say: (what) => wrong.push(`${asked.booking} (${known.status}): ${what}`),
    };
    reached.push(...reachedBy(one));
    judgeEnds(one);
    judgeCharges(one);
    judgeClaims(one);
    judgeAlterations(one);

    const settled = settledOf(one);
    const troubles = troublesOf(one, settled);
    reached.push(...troubles.map((trouble) => `trouble ${trouble}`));
    const told = known.report.filter((difference) => !isRightlyTold(one, difference));
    if (troubles.length === 0) {
      for (const difference of told) one.say(`reported: ${difference}`);
    }

    const shared = sharesOf(one, settled);
    received += sumOf([...happened.payments.values()]).transferred + asked.paidByHand;
    due += shared.host + shared.damage - (settled?.penalty ?? 0n);
    waiting += waitingIn(known);
    isTroubled ||= troubles.length > 0;

    if (troubles.length > 0) {
      if (told.length === 0) one.say(`nobody is told of ${troubles.join(', ')}`);
      continue;
    }
    judgeMoney(one, settled, shared);
  }
  if (!isTroubled && received - debt + waiting !== due) {
    wrong.push(
      `the host got ${received}, owes ${debt}, waits for ${waiting}; in all that should be ${due}`,
    );
  }
  if (debt > 0n) reached.push('host in debt');
  if (debt < 0n) wrong.push(`the host owes ${debt}`);
  return wrong;
}

/** What has happened to it, for the test to know that everything does to somebody. */
function reachedBy({ asked, books, facts, stay }: Case): string[] {
  const captured = books.payments.filter(({ status }) => status === 'captured');
  const instalments = captured.filter(({ purpose }) => purpose === 'stay').length;
  const refused = captured.filter(({ refusals }) => refusals > 0);
  return [
    `booking ${books.status}`,
    ...(books.cancelled_by === 'system' ? ['booking cancelled unpaid'] : []),
    ...books.done,
    ...books.payments.map(({ purpose, status }) => `payment ${purpose} ${status}`),
    ...refused.map(({ purpose }) => `payment ${purpose} refused and paid`),
    ...books.payouts.map(({ status }) => `payout ${status}`),
    ...books.alterations.map(({ status, payment_id: paid }) =>
      `alteration ${status}${paid === null ? '' : ' with a payment'}`
    ),
    ...books.claims.map(({ status }) => `damage ${status}`),
    ...facts.setups.map(({ status }) => `setup ${status}`),
    ...(instalments > 1 ? [`instalments ${instalments}`] : []),
    ...(stay.lost > 0n ? ['dispute lost'] : []),
    ...(asked.paidByHand > 0n ? ['payout by hand'] : []),
  ];
}

/** What the rules leave to a person, and therefore show. */
function troublesOf(one: Case, settled: Settled | undefined): string[] {
  const { books, facts, stay } = one;
  const failed = books.commands.filter((command) => command.includes('failed'));
  const { failedRefunds } = sumOf([...facts.payments.values()]);
  return [
    ...(failedRefunds > 0 ? ['a refund that failed'] : []),
    ...failed.map((command) => `${command.split(' ')[0]} given up`),
    ...(owedTo(one, settled) - stay.refunded - goneBackWhole(one) > stay.lost
      ? ['a refund a lost dispute stands against']
      : []),
  ];
}

const unpaidReport = ({ purpose }: Payment) => `payment_problem ${purpose}_unpaid`;

/** An operator sees what nobody paid in time, and the money of a host who left, though nothing is wrong. */
const isRightlyTold = ({ life, books }: Case, difference: string) =>
  books.payments.some((payment) =>
    payment.charge_at !== null && difference === unpaidReport(payment)
  ) || (life.hasLeft && difference === 'held_too_long blocked host_not_ready');
