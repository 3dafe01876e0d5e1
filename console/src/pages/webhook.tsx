import { call } from '../backend.ts';
import { useAnswer } from '../parts/load.ts';
import { Loading, Table } from '../parts/table.tsx';
import { Page, Status, When } from '../parts/show.tsx';

export default function Webhook({ id }: { id: string }) {
  const loaded = useAnswer(
    () => call('list_webhook_attempts', { endpoint_id: id, most: 200 }),
    [id],
  );
  return (
    <Page
      title='Deliveries'
      note={
        <>
          The latest attempts to reach endpoint <code>{id}</code>.
        </>
      }
    >
      <Loading {...loaded}>
        <Table
          caption='Attempts'
          rows={loaded.answer ?? []}
          keyOf={({ event_id, attempt }) => `${event_id} ${attempt}`}
          empty='Nothing has been sent yet.'
          columns={[
            {
              name: 'When',
              show: ({ attempted_at }) => <When at={attempted_at} />,
            },
            { name: 'Event', show: ({ type }) => <code>{type}</code> },
            { name: 'Attempt', isNumber: true, show: ({ attempt }) => attempt },
            {
              name: 'Answer',
              show: ({ problem }) => (
                problem === null ? <Status code='done' /> : (
                  <>
                    <Status code='failed' /> <span class='long'>{problem}</span>
                  </>
                )
              ),
            },
            {
              name: 'Status',
              isNumber: true,
              show: ({ status_code }) => status_code,
            },
            {
              name: 'Milliseconds',
              isNumber: true,
              show: ({ took_ms }) => took_ms,
            },
          ]}
        />
      </Loading>
    </Page>
  );
}
