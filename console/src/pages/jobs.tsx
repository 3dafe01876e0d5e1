import { call } from '../backend.ts';
import { useAnswer } from '../parts/load.ts';
import { Loading, Table } from '../parts/table.tsx';
import { Page, Status, When } from '../parts/show.tsx';

export default function Jobs() {
  const loaded = useAnswer(
    () => call('staff_jobs'),
    [],
  );
  return (
    <Page
      title='Jobs'
      note='Scheduled work. A failed job is retried automatically; the last run is the last one that did something.'
    >
      <Loading {...loaded}>
        <Table
          caption='Jobs'
          rows={loaded.answer ?? []}
          keyOf={({ job }) => job}
          columns={[
            { name: 'Job', show: ({ job }) => <code>{job}</code> },
            {
              name: 'State',
              show: ({ failed_at }) => <Status code={failed_at === null ? 'healthy' : 'failed'} />,
            },
            { name: 'Every', show: ({ every }) => every },
            {
              name: 'Last run',
              show: ({ started_at }) => <When at={started_at} />,
            },
            { name: 'Rows', isNumber: true, show: ({ done }) => done },
            {
              name: 'Failed',
              show: ({ failed_at }) => <When at={failed_at} />,
            },
            {
              name: 'Problem',
              show: ({ problem }) => problem && <span class='prose'>{problem}</span>,
            },
          ]}
        />
      </Loading>
    </Page>
  );
}
