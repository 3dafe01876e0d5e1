import { call } from '../backend.ts';
import { useAnswer } from '../parts/load.ts';
import { Loading, Table } from '../parts/table.tsx';
import { Page } from '../parts/show.tsx';

export default function Settings() {
  const loaded = useAnswer(
    () => call('staff_settings'),
    [],
  );
  return (
    <Page
      title='Settings'
      note={
        <>
          An operator changes them in SQL: <code>update private.settings set …</code>
        </>
      }
    >
      <Loading {...loaded}>
        <Table
          caption='Settings'
          rows={loaded.answer ?? []}
          keyOf={({ name }) => name}
          columns={[
            { name: 'Name', show: ({ name }) => <code>{name}</code> },
            { name: 'Value', show: ({ value }) => <b>{value ?? '–'}</b> },
            {
              name: 'Meaning',
              show: ({ meaning }) => <span class='prose'>{meaning}</span>,
            },
          ]}
        />
      </Loading>
    </Page>
  );
}
