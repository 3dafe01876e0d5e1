import { useState } from 'preact/hooks';
import { type Answers, call, type Enums } from '../backend.ts';
import { usePages } from '../parts/load.ts';
import { Pick } from '../parts/pick.tsx';
import { PagedTable } from '../parts/table.tsx';
import { base, Page, Status, When } from '../parts/show.tsx';

const statuses: Enums['host_account_status'][] = [
  'new',
  'pending',
  'active',
  'restricted',
  'closed',
];

export default function HostAccounts() {
  const [status, setStatus] = useState<Enums['host_account_status']>();
  const pages = usePages<Answers['staff_host_account']>(
    (last, page_size) =>
      call('staff_host_accounts', {
        page_size,
        ...(status === undefined ? {} : { status }),
        ...(last === undefined ? {} : { after: last.host_id }),
      }),
    [status],
  );
  return (
    <Page
      title='Hosts’ accounts'
      note='Whether Stripe can pay a host, and what it still requires. Hosts provide it themselves.'
      actions={<Pick label='Status' value={status} of={statuses} change={setStatus} />}
    >
      <PagedTable
        pages={pages}
        caption='Accounts'
        keyOf={({ host_id }) => host_id}
        empty='No accounts found.'
        columns={[
          {
            name: 'Host',
            show: ({ host_id, display_name }) => (
              <a href={`${base}/people/${host_id}`}>{display_name}</a>
            ),
          },
          { name: 'Status', show: ({ status }) => <Status code={status} /> },
          { name: 'Country', show: ({ country_code }) => country_code },
          {
            name: 'Stripe requires',
            show: ({ requirements }) => <span class='long'>{requirements.join(', ')}</span>,
          },
          { name: 'Asked', show: ({ looked_at }) => <When at={looked_at} /> },
          {
            name: 'At Stripe',
            show: ({ stripe_account_id }) => <code>{stripe_account_id}</code>,
          },
        ]}
      />
    </Page>
  );
}
