import { type Answers, call } from '../backend.ts';
import { usePages } from '../parts/load.ts';
import { PagedTable } from '../parts/table.tsx';
import { Id, Money, Page, Status, When } from '../parts/show.tsx';

export default function Disputes() {
  const pages = usePages<Answers['staff_dispute']>(
    (last, page_size) =>
      call('staff_disputes', {
        page_size,
        ...(last === undefined ? {} : { before: last.stripe_dispute_id }),
      }),
    [],
  );
  return (
    <Page
      title='Disputes'
      note='Charges that a cardholder’s bank questioned or reversed. Submit evidence in the Stripe dashboard; the payout is put on hold automatically.'
    >
      <PagedTable
        pages={pages}
        caption='Disputes'
        keyOf={({ stripe_dispute_id }) => stripe_dispute_id}
        empty='There are no disputes.'
        columns={[
          {
            name: 'Booking',
            show: ({ booking_id }) => <Id id={booking_id} of='booking' />,
          },
          { name: 'Status', show: ({ status }) => <Status code={status} /> },
          {
            name: 'Appealed',
            show: ({ is_appealed }) => (is_appealed ? 'yes' : 'no'),
          },
          {
            name: 'Amount',
            isNumber: true,
            show: (row) => <Money minor={row.amount_minor} currency={row.currency} />,
          },
          {
            name: 'Withdrawn',
            isNumber: true,
            show: (row) => <Money minor={row.withdrawn_minor} currency={row.currency} />,
          },
          {
            name: 'Reinstated',
            isNumber: true,
            show: (row) => <Money minor={row.reinstated_minor} currency={row.currency} />,
          },
          { name: 'Opened', show: ({ opened_at }) => <When at={opened_at} /> },
          { name: 'Closed', show: ({ closed_at }) => <When at={closed_at} /> },
          {
            name: 'At Stripe',
            show: ({ stripe_dispute_id }) => <code>{stripe_dispute_id}</code>,
          },
        ]}
      />
    </Page>
  );
}
