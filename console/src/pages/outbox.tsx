import { useState } from 'preact/hooks';
import { type Answers, call } from '../backend.ts';
import { Action } from '../parts/action.tsx';
import { usePages } from '../parts/load.ts';
import { Pick } from '../parts/pick.tsx';
import { PagedTable } from '../parts/table.tsx';
import { Id, Page, Status, When, words } from '../parts/show.tsx';

const lists = ['failed', 'open'] as const;

export default function Outbox() {
  const [list, setList] = useState<typeof lists[number]>('failed');
  const pages = usePages<Answers['staff_command']>(
    (last, page_size) =>
      call('staff_commands', {
        failed: list === 'failed',
        page_size,
        ...(last === undefined ? {} : { after: last.command_id }),
      }),
    [list],
  );
  return (
    <Page
      title='Outbox'
      note='Commands to Stripe, mail and other servers. Those that move no money can be retried; a failed refund or transfer is dealt with in its booking.'
      actions={
        <Pick
          label='Commands'
          value={list}
          of={lists}
          all={undefined}
          change={(picked) => setList(picked ?? 'failed')}
        />
      }
    >
      <PagedTable
        pages={pages}
        caption='Commands'
        keyOf={({ command_id }) => command_id}
        empty={list === 'failed' ? 'No command has failed permanently.' : 'No open commands.'}
        columns={[
          { name: 'Kind', show: ({ kind }) => words(kind) },
          {
            name: 'E-mail',
            show: ({ template }) => template && words(template),
          },
          { name: 'Status', show: ({ status }) => <Status code={status} /> },
          {
            name: 'Booking',
            show: ({ booking_id }) => <Id id={booking_id} of='booking' />,
          },
          {
            name: 'Attempts',
            isNumber: true,
            show: ({ attempts }) => attempts,
          },
          { name: 'Due', show: ({ due_at }) => <When at={due_at} /> },
          {
            name: 'Ended',
            show: ({ finished_at }) => <When at={finished_at} />,
          },
          {
            name: 'Problem',
            show: ({ problem }) => problem && <span class='prose'>{problem}</span>,
          },
          {
            name: 'Actions',
            show: ({ command_id, repeatable }) =>
              repeatable && (
                <Action
                  label='Retry'
                  title='Retry this command'
                  about='It is retried with the same idempotency key: nothing is done twice.'
                  act={() => call('staff_retry_command', { command_id })}
                  done={pages.reload}
                />
              ),
          },
        ]}
      />
    </Page>
  );
}
