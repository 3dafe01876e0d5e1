import { useState } from 'preact/hooks';
import { type Answers, call } from '../backend.ts';
import { Action, reason } from '../parts/action.tsx';
import { useAnswer } from '../parts/load.ts';
import { Pick } from '../parts/pick.tsx';
import { Loading, Table } from '../parts/table.tsx';
import {
  base,
  Day,
  fact,
  Facts,
  Id,
  Money,
  moneyWords,
  Page,
  Status,
  When,
  words,
} from '../parts/show.tsx';
import { Cases } from '../parts/cases.tsx';
import { LedgerTable } from './ledger.tsx';
import { ReleasePayout } from './payouts.tsx';

export default function Booking({ id }: { id: string }) {
  const booking = useAnswer(() => call('staff_booking', { booking_id: id }), [
    id,
  ]);
  const story = useAnswer(
    () => call('staff_booking_story', { booking_id: id, page_size: 500 }),
    [id],
  );
  const reload = () => {
    booking.reload();
    story.reload();
  };
  return (
    <Page title='Booking' note={<code>{id}</code>}>
      <Loading {...booking}>
        {booking.answer && (
          <>
            <Head booking={booking.answer} done={reload} />
            <Cases booking={booking.answer} done={reload} />
          </>
        )}
      </Loading>
      <h2 class='part'>Story</h2>
      <Loading {...story}>
        <Story entries={story.answer ?? []} />
      </Loading>
      <h2 class='part'>Ledger</h2>
      <LedgerTable booking_id={id} />
      {booking.answer && <Messages id={id} hasOpenCase={booking.answer.has_open_case} />}
      <p>
        <a href={`${base}/audit?object_id=${id}`}>Audit log of this booking</a>
      </p>
    </Page>
  );
}

function Head(
  { booking, done }: { booking: Answers['staff_booking']; done: () => void },
) {
  const { booking_id, currency } = booking;
  return (
    <section class='card' aria-label='The booking'>
      <header class='row'>
        <h2>{booking.title}</h2>
        <Status code={booking.status} />
        {booking.has_open_case && <Status code='open_case' />}
      </header>
      <Facts
        of={[
          fact(
            'Guest',
            <a href={`${base}/people/${booking.guest_id}`}>
              {booking.guest_name}
            </a>,
          ),
          fact(
            'Host',
            <a href={`${base}/people/${booking.host_id}`}>
              {booking.host_name}
            </a>,
          ),
          fact('Home', <Id id={booking.listing_id} />),
          fact('Check-in', <Day on={booking.check_in} />),
          fact('Check-out', <Day on={booking.check_out} />),
          fact('Guests', booking.guests),
          fact('Total', <Money minor={booking.total_minor} currency={currency} />),
          fact(
            'Captured',
            <Money minor={booking.captured_minor} currency={currency} />,
          ),
          fact(
            'Refunded',
            <Money minor={booking.refunded_minor} currency={currency} />,
          ),
          fact(
            'Payout',
            <Money minor={booking.payout_minor} currency={currency} />,
          ),
          fact('Cancellation policy', words(booking.cancellation_policy)),
          fact(
            'Holds',
            booking.nights.length > 0 ? booking.nights.join(', ') : null,
          ),
          fact('Made', <When at={booking.created_at} />),
          fact('Reason', booking.reason),
        ]}
      />
      <div class='row'>
        {booking.status === 'confirmed' && (
          <Action
            label='Cancel'
            title='Cancel this stay'
            isGrave
            about={`At most ${
              moneyWords(
                booking.captured_minor - booking.refunded_minor,
                currency,
              )
            } can go back.`}
            fields={[
              {
                name: 'refund',
                label: 'Refund to the guest',
                kind: 'money',
                currency,
                most: booking.captured_minor - booking.refunded_minor,
              },
              reason,
            ]}
            act={({ minor, reason }) =>
              call('staff_cancel_booking', {
                booking_id,
                refund_minor: minor,
                reason: reason ?? '',
              })}
            done={done}
          />
        )}
        {booking.captured_minor > 0 && (
          <ReleasePayout label='Release payout' booking_id={booking_id} done={done} />
        )}
      </div>
    </section>
  );
}

function Story({ entries }: { entries: Answers['staff_story_entry'][] }) {
  const [kind, setKind] = useState<string>();
  const kinds = [...new Set(entries.map((entry) => entry.kind))].sort();
  return (
    <>
      <Pick label='Show' value={kind} of={kinds} all='everything' change={setKind} />
      <Table
        caption='What happened'
        rows={entries.filter((entry) => kind === undefined || entry.kind === kind)}
        keyOf={({ happened_at, kind, what, object_id }) =>
          `${happened_at} ${kind} ${what} ${object_id}`}
        empty='Nothing happened yet.'
        columns={[
          {
            name: 'When',
            show: ({ happened_at }) => <When at={happened_at} />,
          },
          { name: 'Kind', show: ({ kind }) => words(kind) },
          { name: 'What', show: ({ what }) => <Status code={what} /> },
          { name: 'By', show: ({ actor }) => actor },
          {
            name: 'Amount',
            isNumber: true,
            show: ({ amount_minor, currency }) => (
              <Money
                minor={amount_minor}
                currency={currency}
              />
            ),
          },
          {
            name: 'Said',
            show: ({ said }) => said && <span class='prose'>{said}</span>,
          },
        ]}
      />
    </>
  );
}

/** Read only when somebody asks to: it leaves an entry in the audit log. */
function Messages({ id, hasOpenCase }: { id: string; hasOpenCase: boolean }) {
  const [messages, setMessages] = useState<Answers['staff_message'][]>();
  return (
    <>
      <h2 class='part'>Messages</h2>
      {messages === undefined
        ? (
          <div class='row'>
            {hasOpenCase && (
              <Action
                label='Read the messages'
                title='Read the messages'
                about='Guest and host wrote these to each other. That you read them is recorded.'
                act={async () => setMessages(await call('staff_messages', { booking_id: id }))}
                done={() => {}}
              />
            )}
            <p class='quiet'>
              They are open to staff while a complaint, a no-show, a claim for damage or a dispute
              is undecided.
            </p>
          </div>
        )
        : (
          <Table
            caption='Messages'
            rows={messages}
            keyOf={({ message_id }) => message_id}
            empty='They wrote nothing to each other.'
            columns={[
              { name: 'When', show: ({ sent_at }) => <When at={sent_at} /> },
              { name: 'From', show: ({ side }) => side },
              { name: 'Kind', show: ({ kind }) => kind },
              {
                name: 'Text',
                show: ({ body }) => <span class='prose'>{body}</span>,
              },
            ]}
          />
        )}
    </>
  );
}
