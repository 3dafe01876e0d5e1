import { call } from '../backend.ts';
import { useAnswer } from '../parts/load.ts';
import { Loading, Table } from '../parts/table.tsx';
import { base, Page } from '../parts/show.tsx';

export default function ReviewSources() {
  const loaded = useAnswer(
    () => call('staff_review_sources', { max_rows: 200 }),
    [],
  );
  return (
    <Page
      title='Sources of reviews'
      note='Hosts whose reviews of the last year come from few guests, or from free stays.'
    >
      <Loading {...loaded}>
        <Table
          caption='Hosts'
          rows={loaded.answer ?? []}
          keyOf={({ host_id }) => host_id}
          empty='No host stands out.'
          columns={[
            {
              name: 'Host',
              show: ({ host_id, display_name }) => (
                <a href={`${base}/people/${host_id}`}>{display_name}</a>
              ),
            },
            { name: 'Reviews', isNumber: true, show: ({ reviews }) => reviews },
            { name: 'Guests', isNumber: true, show: ({ guests }) => guests },
            {
              name: 'Of free stays',
              isNumber: true,
              show: ({ of_free_stays }) => of_free_stays,
            },
            { name: 'Average', isNumber: true, show: ({ average }) => average },
          ]}
        />
      </Loading>
    </Page>
  );
}
