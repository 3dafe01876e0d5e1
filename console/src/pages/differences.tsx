import { call } from '../backend.ts';
import { useAnswer } from '../parts/load.ts';
import { Loading, Table } from '../parts/table.tsx';
import { Id, Page, Status } from '../parts/show.tsx';

/** What to do, in short; docs/operations.md has the details. */
const cures: Record<string, string> = {
  command_failed:
    'Fix the cause and check the object in Stripe. If it moves no money, retry it in the outbox.',
  command_overdue: 'Is the worker running? See health and jobs.',
  event_not_applied: 'See the logs of stripe-webhook.',
  stripe_check_failing: 'Are the Stripe keys valid, and do they have this permission?',
  balance_differs: 'Somebody moved money in the Stripe dashboard: record it, or reverse it there.',
  balance_short: 'Top up the Stripe balance.',
  payment_problem: 'See the payment and its problem on the page of the booking.',
  payment_in_limbo: 'The booking has ended but the payment has not: check it in Stripe.',
  refund_stuck: 'There is no command for it: check the booking.',
  refund_slow: 'The bank is slow: check it in Stripe.',
  fee_unknown: 'Stripe has not reported its fee yet: check the charge.',
  payout_late: 'See the reason on the payouts page, and release it.',
  held_too_long: 'Stripe holds money only for a limited time: decide the case.',
  receipt_missing: 'Is the job issue_receipts running?',
  ledger_differs: 'A bug: save the state, and compare the ledger of the booking with Stripe.',
};

export default function Differences() {
  const loaded = useAnswer(
    () => call('staff_differences', { page_size: 200 }),
    [],
  );
  return (
    <Page
      title='Differences'
      note='What does not add up between Stripe, the ledger and the bookings, or needs a person.'
      actions={<button type='button' onClick={loaded.reload}>Check again</button>}
    >
      <Loading {...loaded}>
        <Table
          caption='Differences'
          rows={loaded.answer ?? []}
          keyOf={({ difference, booking_id, detail }) => `${difference} ${booking_id} ${detail}`}
          empty='Everything adds up.'
          columns={[
            {
              name: 'Difference',
              show: ({ difference }) => <Status code={difference} />,
            },
            {
              name: 'Booking',
              show: ({ booking_id }) => <Id id={booking_id} of='booking' />,
            },
            {
              name: 'Detail',
              show: ({ detail }) => <span class='prose'>{detail}</span>,
            },
            { name: 'What to do', show: ({ difference }) => cures[difference] },
          ]}
        />
      </Loading>
    </Page>
  );
}
