import { useState } from 'preact/hooks';
import { type Answers, call, type Enums } from '../backend.ts';
import { Action, reason } from '../parts/action.tsx';
import { usePages } from '../parts/load.ts';
import { Pick } from '../parts/pick.tsx';
import { PagedTable } from '../parts/table.tsx';
import { Id, Money, Page, Status, When } from '../parts/show.tsx';

/** What Stripe cannot pay, as `private.check_by_hand` has it. */
const payableByHand: Enums['payout_reason'][] = [
  'settled_in_another_currency',
  'transfer_failed',
  'host_not_ready',
];

const statuses: Enums['payout_status'][] = [
  'scheduled',
  'blocked',
  'sent',
  'paid',
  'reversed',
  'cancelled',
];

export default function Payouts() {
  const [status, setStatus] = useState<Enums['payout_status']>();
  const pages = usePages<Answers['staff_payout']>(
    (last, page_size) =>
      call('staff_payouts', {
        page_size,
        ...(status === undefined ? {} : { status }),
        ...(last === undefined ? {} : { before: last.payout_id }),
      }),
    [status],
  );
  return (
    <Page
      title='Payouts'
      note='What hosts are paid, the latest due first.'
      actions={<Pick label='Status' value={status} of={statuses} change={setStatus} />}
    >
      <PagedTable
        pages={pages}
        caption='Payouts'
        keyOf={({ payout_id }) => payout_id}
        columns={[
          {
            name: 'Booking',
            show: ({ booking_id }) => <Id id={booking_id} of='booking' />,
          },
          {
            name: 'Host',
            show: ({ host_id }) => <Id id={host_id} of='person' />,
          },
          { name: 'Status', show: ({ status }) => <Status code={status} /> },
          {
            name: 'Why',
            show: ({ reason, is_by_hand }) =>
              reason ? <Status code={reason} /> : is_by_hand && <Status code='by_hand' />,
          },
          {
            name: 'Held by',
            show: ({ holds }) => holds.map((kind) => <Status key={kind} code={kind} />),
          },
          {
            name: 'Amount',
            isNumber: true,
            show: ({ amount_minor, currency }) => (
              <Money
                minor={amount_minor}
                currency={currency}
              />
            ),
          },
          { name: 'Due', show: ({ due_at }) => <When at={due_at} /> },
          { name: 'Paid', show: ({ paid_at }) => <When at={paid_at} /> },
          {
            name: 'Actions',
            show: (payout) => (
              <>
                {(payout.status === 'blocked' ||
                  payout.holds.includes('fraud_warning')) && (
                  <ReleasePayout
                    label='Release'
                    booking_id={payout.booking_id}
                    done={pages.reload}
                  />
                )}
                {payout.status === 'blocked' && payout.reason !== null &&
                  payableByHand.includes(payout.reason) && (
                  <RecordPayout payout={payout} done={pages.reload} />
                )}
              </>
            ),
          },
        ]}
      />
    </Page>
  );
}

export function ReleasePayout(
  { label, booking_id, done }: {
    label: string;
    booking_id: string;
    done: () => void;
  },
) {
  return (
    <Action
      label={label}
      title='Release the payout'
      about='Lifts what staff may lift, and orders again a transfer that failed. A dispute or an open case still holds it.'
      fields={[reason]}
      act={({ reason }) => call('staff_release_payout', { booking_id, reason: reason ?? '' })}
      done={done}
    />
  );
}

function RecordPayout(
  { payout, done }: { payout: Answers['staff_payout']; done: () => void },
) {
  const { payout_id, amount_minor, withheld_minor, currency } = payout;
  return (
    <Action
      label='Paid by hand'
      title='Record a payout by hand'
      about={
        <>
          Only once you have paid the host outside Stripe:{' '}
          <Money minor={amount_minor - withheld_minor} currency={currency} />
          {withheld_minor > 0 && (
            <>
              , or up to <Money minor={amount_minor} currency={currency} />{' '}
              if you leave them what they owe
            </>
          )}. Nothing is transferred for it any more.
        </>
      }
      fields={[
        {
          name: 'paid',
          label: 'Paid to the host',
          kind: 'money',
          currency,
          most: amount_minor,
        },
        reason,
      ]}
      act={({ minor, reason }) =>
        call('staff_record_payout', {
          payout_id,
          paid_minor: minor,
          reason: reason ?? '',
        })}
      done={done}
    />
  );
}
