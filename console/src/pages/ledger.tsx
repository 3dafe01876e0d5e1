import { useState } from 'preact/hooks';
import { type Answers, call } from '../backend.ts';
import { usePages } from '../parts/load.ts';
import { Pick } from '../parts/pick.tsx';
import { type Column, PagedTable } from '../parts/table.tsx';
import { Id, Money, Page, When, words } from '../parts/show.tsx';

type Entry = Answers['staff_ledger_entry'];

const accounts = [
  'stripe_balance',
  'guest',
  'host',
  'platform',
  'tax',
  'stripe_fee',
  'dispute',
  'host_debt',
  'by_hand',
] as const;

export default function Ledger() {
  const [account, setAccount] = useState<typeof accounts[number]>();
  return (
    <Page
      title='Ledger'
      note='Every cent, newest entry first. Debits are positive: what Stripe holds for us and what hosts owe.'
      actions={
        <Pick
          label='Account'
          value={account}
          of={accounts}
          change={setAccount}
        />
      }
    >
      <LedgerTable account={account} />
    </Page>
  );
}

const columns: Column<Entry>[] = [
  { name: 'When', show: ({ entered_at }) => <When at={entered_at} /> },
  { name: 'Account', show: ({ account }) => words(account) },
  { name: 'Source', show: ({ source }) => words(source) },
  {
    name: 'Amount',
    isNumber: true,
    show: ({ amount_minor, currency }) => <Money minor={amount_minor} currency={currency} />,
  },
];
const whose: Column<Entry>[] = [
  {
    name: 'Booking',
    show: ({ booking_id }) => <Id id={booking_id} of='booking' />,
  },
  {
    name: 'Host',
    show: ({ host_id }) => <Id id={host_id} of='person' />,
  },
];

export function LedgerTable(
  { account, booking_id }: { account?: string | undefined; booking_id?: string },
) {
  const pages = usePages<Entry>(
    (last, page_size) =>
      call('staff_ledger', {
        page_size,
        ...(account === undefined ? {} : { account }),
        ...(booking_id === undefined ? {} : { booking_id }),
        ...(last === undefined ? {} : { before: last.entry_id }),
      }),
    [account, booking_id],
    100,
  );
  return (
    <PagedTable
      pages={pages}
      caption='Entries of the ledger'
      keyOf={({ entry_id }) => entry_id}
      empty='No money has moved.'
      columns={booking_id === undefined ? [...columns, ...whose] : columns}
    />
  );
}
