import { call } from '../backend.ts';
import { useAnswer } from '../parts/load.ts';
import { Loading, Table } from '../parts/table.tsx';
import { Id, Page, Status } from '../parts/show.tsx';

/** What to do, in short; docs/operations.md has each in full. */
const cures: Record<string, string> = {
  command_failed:
    'Mend the cause, look at the object in Stripe; repeat it in the outbox if it moves no money.',
  command_overdue: 'Does the worker run? See health and jobs.',
  event_not_applied: 'See the logs of stripe-webhook.',
  stripe_check_failing: 'Are the keys of Stripe right, and may they do this?',
  balance_differs: 'Somebody moved money in the dashboard: note it, or undo it there.',
  balance_short: 'Top up the balance at Stripe.',
  payment_problem: 'The page of the booking has the payment and what is wrong with it.',
  payment_in_limbo: 'The booking ended, the payment did not: look at it in Stripe.',
  refund_stuck: 'Nothing is ordered for it: look at the booking.',
  refund_slow: 'A bank takes its time: look at it in Stripe.',
  fee_unknown: 'Stripe did not say its fee yet: look at the charge.',
  payout_late: 'See why on the page of payouts, and release it.',
  held_too_long: 'Stripe holds money only so long: decide the case.',
  receipt_missing: 'Does the job issue_receipts run?',
  ledger_differs: 'An error: keep the state, and compare the ledger of the booking with Stripe.',
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
