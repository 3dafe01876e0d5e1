import { useLocation } from 'preact-iso';
import { type Answers, call } from '../backend.ts';
import { usePages } from '../parts/load.ts';
import { PagedTable } from '../parts/table.tsx';
import { base, Id, Page, When } from '../parts/show.tsx';

export default function Audit() {
  const { query, route } = useLocation();
  const { object_id, actor_id } = query;
  const pages = usePages<Answers['audit_entry']>(
    (last, page_size) =>
      call('staff_audit_log', {
        page_size,
        ...(object_id ? { object_id } : {}),
        ...(actor_id ? { actor_id } : {}),
        ...(last === undefined ? {} : { before: last.entry_id }),
      }),
    [object_id, actor_id],
    100,
  );
  const filter = (event: SubmitEvent) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    const asked = new URLSearchParams();
    for (const name of ['object_id', 'actor_id']) {
      const id = String(fields.get(name) ?? '').trim();
      if (id !== '') asked.set(name, id);
    }
    route(`${base}/audit?${asked}`);
  };
  return (
    <Page
      title='Audit log'
      note='Actions of staff and movements of money, newest first.'
    >
      <form class='filters' onSubmit={filter} key={`${object_id} ${actor_id}`}>
        <label>
          Object{' '}
          <input
            name='object_id'
            defaultValue={object_id ?? ''}
            placeholder='id'
          />
        </label>
        <label>
          Person{' '}
          <input
            name='actor_id'
            defaultValue={actor_id ?? ''}
            placeholder='id'
          />
        </label>
        <button type='submit'>Show</button>
      </form>
      <PagedTable
        pages={pages}
        caption='Entries of the audit log'
        keyOf={({ entry_id }) => entry_id}
        columns={[
          {
            name: 'When',
            show: ({ happened_at }) => <When at={happened_at} />,
          },
          { name: 'What', show: ({ action }) => <code>{action}</code> },
          {
            name: 'On',
            show: ({ object, object_id }) => (
              <>
                {object} <Id id={object_id} of={object} />
              </>
            ),
          },
          {
            name: 'By',
            show: ({ actor, actor_id }) =>
              actor_id === null ? actor : <Id id={actor_id} of='person' />,
          },
        ]}
      />
    </Page>
  );
}
