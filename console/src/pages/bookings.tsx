import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';
import { type Answers, call, type Enums } from '../backend.ts';
import { usePages } from '../parts/load.ts';
import { Pick } from '../parts/pick.tsx';
import { type Column, PagedTable } from '../parts/table.tsx';
import { base, Day, Id, Money, Page, Status, When } from '../parts/show.tsx';

type Booking = Answers['staff_booking'];

const bookingStatuses: Enums['booking_status'][] = [
  'awaiting_payment',
  'requested',
  'confirmed',
  'completed',
  'declined',
  'expired',
  'cancelled_by_guest',
  'cancelled_by_host',
  'cancelled_by_staff',
  'no_show',
  'payment_conflict',
];

const bookingColumns: Column<Booking>[] = [
  {
    name: 'Booking',
    show: ({ booking_id }) => <Id id={booking_id} of='booking' />,
  },
  { name: 'Status', show: ({ status }) => <Status code={status} /> },
  {
    name: 'Case',
    show: ({ has_open_case }) => has_open_case && <Status code='open' />,
  },
  { name: 'Home', show: ({ title }) => title },
  {
    name: 'Guest',
    show: ({ guest_id, guest_name }) => <a href={`${base}/people/${guest_id}`}>{guest_name}</a>,
  },
  {
    name: 'Host',
    show: ({ host_id, host_name }) => <a href={`${base}/people/${host_id}`}>{host_name}</a>,
  },
  { name: 'Check-in', show: ({ check_in }) => <Day on={check_in} /> },
  { name: 'Check-out', show: ({ check_out }) => <Day on={check_out} /> },
  {
    name: 'Total',
    isNumber: true,
    show: ({ total_minor, currency }) => <Money minor={total_minor} currency={currency} />,
  },
  { name: 'Made', show: ({ created_at }) => <When at={created_at} /> },
];

export default function Bookings() {
  const { query } = useLocation();
  const [status, setStatus] = useState(
    bookingStatuses.find((one) => one === query['status']),
  );
  return (
    <Page
      title='Bookings'
      actions={
        <Pick
          label='Status'
          value={status}
          of={bookingStatuses}
          change={setStatus}
        />
      }
    >
      <BookingTable status={status} />
    </Page>
  );
}

export function BookingTable(
  { status, profile_id }: {
    status?: Enums['booking_status'] | undefined;
    profile_id?: string;
  },
) {
  const pages = usePages<Booking>(
    (last, page_size) =>
      call('staff_bookings', {
        page_size,
        ...(status === undefined ? {} : { status }),
        ...(profile_id === undefined ? {} : { profile_id }),
        ...(last === undefined ? {} : { before: last.booking_id }),
      }),
    [status, profile_id],
  );
  return (
    <PagedTable
      pages={pages}
      caption='Bookings'
      keyOf={({ booking_id }) => booking_id}
      columns={bookingColumns}
      empty='No bookings found.'
    />
  );
}
