import { type Answers, call } from '../backend.ts';
import { usePages } from '../parts/load.ts';
import { PagedTable } from '../parts/table.tsx';
import { base, Page, Status, When } from '../parts/show.tsx';

export default function Feeds() {
  const pages = usePages<Answers['staff_feed']>(
    (last, page_size) =>
      call('staff_feeds', {
        page_size,
        ...(last === undefined ? {} : { after: last.feed_id }),
      }),
    [],
  );
  return (
    <Page
      title='Feeds'
      note='Imported calendars that cannot be read, the worst first. Their nights stay as last imported; hosts are notified.'
    >
      <PagedTable
        pages={pages}
        caption='Calendars'
        keyOf={({ feed_id }) => feed_id}
        empty='All calendars can be read.'
        columns={[
          { name: 'Home', show: ({ title }) => title },
          {
            name: 'Calendar',
            show: ({ name, host_id }) => <a href={`${base}/people/${host_id}`}>{name}</a>,
          },
          { name: 'Server', show: ({ server }) => server },
          {
            name: 'Problem',
            show: ({ last_error }) => <Status code={last_error} />,
          },
          {
            name: 'Answer',
            isNumber: true,
            show: ({ last_status }) => last_status,
          },
          {
            name: 'Failures',
            isNumber: true,
            show: ({ failures }) => failures,
          },
          {
            name: 'Last read',
            show: ({ last_success_at }) => <When at={last_success_at} />,
          },
          {
            name: 'Next try',
            show: ({ next_poll_at }) => <When at={next_poll_at} />,
          },
        ]}
      />
    </Page>
  );
}
