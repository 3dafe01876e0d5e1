import { useState } from 'preact/hooks';
import { type Answers, call, type Enums } from '../backend.ts';
import { usePages } from '../parts/load.ts';
import { Pick } from '../parts/pick.tsx';
import { PagedTable } from '../parts/table.tsx';
import { Id, Money, Page, Status, When, words } from '../parts/show.tsx';

const statuses: Enums['payment_status'][] = [
  'pending',
  'processing',
  'authorized',
  'captured',
  'cancelled',
];

export default function Payments() {
  const [status, setStatus] = useState<Enums['payment_status']>();
  const pages = usePages<Answers['staff_payment']>(
    (last, page_size) =>
      call('staff_payments', {
        page_size,
        ...(status === undefined ? {} : { status }),
        ...(last === undefined ? {} : { before: last.payment_id }),
      }),
    [status],
  );
  return (
    <Page
      title='Payments'
      note='To refund money, cancel the stay or decide a case on the page of its booking.'
      actions={<Pick label='Status' value={status} of={statuses} change={setStatus} />}
    >
      <PagedTable
        pages={pages}
        caption='Payments'
        keyOf={({ payment_id }) => payment_id}
        columns={[
          {
            name: 'Booking',
            show: ({ booking_id }) => <Id id={booking_id} of='booking' />,
          },
          { name: 'For', show: ({ purpose }) => words(purpose) },
          { name: 'Status', show: ({ status }) => <Status code={status} /> },
          {
            name: 'Problems',
            show: ({ problems }) => problems.map((code) => <Status key={code} code={code} />),
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
          {
            name: 'Captured',
            isNumber: true,
            show: (row) => <Money minor={row.captured_minor} currency={row.currency} />,
          },
          {
            name: 'Refunded',
            isNumber: true,
            show: (row) => <Money minor={row.refunded_minor} currency={row.currency} />,
          },
          { name: 'Declined', show: ({ last_error }) => last_error },
          {
            name: 'Guest',
            show: ({ guest_id }) => <Id id={guest_id} of='person' />,
          },
          { name: 'Made', show: ({ created_at }) => <When at={created_at} /> },
          {
            name: 'At Stripe',
            show: ({ stripe_intent_id }) => <code>{stripe_intent_id}</code>,
          },
        ]}
      />
    </Page>
  );
}
