import { useLocation } from 'preact-iso';
import { type Answers, call } from '../backend.ts';
import { usePages } from '../parts/load.ts';
import { PagedTable } from '../parts/table.tsx';
import { Id, Page, When, words } from '../parts/show.tsx';

export default function Masked() {
  const { query: { author_id } } = useLocation();
  const pages = usePages<Answers['staff_masked_words']>(
    (last, page_size) =>
      call('staff_masked_words', {
        page_size,
        ...(author_id ? { author_id } : {}),
        ...(last === undefined ? {} : { before_id: last.masked_id }),
      }),
    [author_id],
  );
  return (
    <Page
      title='Hidden contact data'
      note='The original of texts in which contact details were hidden. Those of messages are shown while the booking has an open case; each reading is recorded.'
    >
      <PagedTable
        pages={pages}
        caption='Original texts'
        keyOf={({ masked_id }) => masked_id}
        columns={[
          { name: 'When', show: ({ masked_at }) => <When at={masked_at} /> },
          {
            name: 'By',
            show: ({ author_id }) => <Id id={author_id} of='person' />,
          },
          {
            name: 'In',
            show: ({ subject, field, subject_id }) => (
              <>
                {words(subject)}, {words(field)} <Id id={subject_id} />
              </>
            ),
          },
          {
            name: 'Original',
            show: ({ original }) => (
              <span class='prose'>{original ?? 'not without an open case'}</span>
            ),
          },
        ]}
      />
    </Page>
  );
}
