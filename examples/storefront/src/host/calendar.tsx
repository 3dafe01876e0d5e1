import { addDays, type AnswerOf, ask } from '@staybase/client';
import { useState } from 'preact/hooks';
import { staybase, useQuery } from '../api.ts';
import { daysText, today } from '../format.ts';
import {
  Button,
  EmptyState,
  ErrorBox,
  Field,
  Icon,
  Loading,
  Notice,
  Skeleton,
} from '../kit/index.ts';
import { usePage } from '../page.ts';
import { calendars, length, page_size } from './calendars.ts';
import { CalendarDeeds } from './calendar-deeds.tsx';
import { bounds, type Selection } from './calendar-days.ts';
import { CalendarGrid } from './calendar-grid.tsx';
import { Head } from './parts.tsx';
import { host } from './words.ts';

export default function Calendar() {
  const words = host().calendar;
  usePage(words.title);
  const [starts_on, setStart] = useState(today());
  const [pages, setPages] = useState(1);
  const [selection, setSelection] = useState<Selection | null>(null);
  const ends_on = addDays(starts_on, length);
  const { answer: homes, error, waits } = useQuery(calendars(starts_on, pages));
  const begin = (day: string) => {
    if (!/^\d{4}-\d\d-\d\d$/.test(day)) return;
    setSelection(null);
    setStart(day);
  };
  const turn = (direction: -1 | 1) => begin(addDays(starts_on, direction * 28));
  const chosen = selection && homes && chosenOf(homes, selection, starts_on);
  return (
    <div class='page' data-wide>
      <Head title={words.title}>
        <div class='grid-tools'>
          <Button size='small' aria-label={words.earlier} onClick={() => turn(-1)}>
            <Icon name='back' />
          </Button>
          <Button size='small' onClick={() => begin(today())}>{words.today}</Button>
          <Button size='small' aria-label={words.later} onClick={() => turn(1)}>
            <Icon name='forward' />
          </Button>
          <Field label={words.from} type='date' value={starts_on} onValue={begin} />
        </div>
      </Head>
      <Conflicts />
      <ErrorBox error={error} />
      {waits && (
        <Loading>
          <Skeleton height='420px' />
        </Loading>
      )}
      {homes?.length === 0 && (
        <EmptyState
          icon='calendar'
          title={words.empty}
          action={{ href: '/host/homes/new', text: host().welcome.begin }}
        />
      )}
      {!!homes?.length && (
        <div class='stack' data-chosen={chosen !== null || undefined}>
          <p class='soft small'>
            {words.help} <span class='for-keyboards'>{words.keys}</span>
          </p>
          <CalendarGrid
            homes={homes}
            starts_on={starts_on}
            ends_on={ends_on}
            selection={selection}
            onSelection={setSelection}
            onTurn={turn}
          />
          <Legend />
          {homes.length === pages * page_size && (
            <div>
              <Button size='small' onClick={() => setPages(pages + 1)}>{words.more}</Button>
            </div>
          )}
        </div>
      )}
      {chosen && <CalendarDeeds chosen={chosen} onDone={() => setSelection(null)} />}
    </div>
  );
}

function chosenOf(homes: AnswerOf<'host_calendars'>, selection: Selection, starts_on: string) {
  const { rows, columns } = bounds(selection);
  return {
    homes: homes.slice(rows[0], rows[1] + 1),
    first: addDays(starts_on, columns[0]),
    last: addDays(starts_on, columns[1]),
  };
}

const Legend = () => {
  const words = host().calendar;
  const kinds = ['stay', 'hold', 'block', 'import', 'preparation'] as const;
  return (
    <ul class='grid-legend' aria-label={words.legend}>
      {kinds.map((kind) => (
        <li key={kind}>
          <span class='grid-swatch' data-kind={kind} />
          {words.kinds[kind]}
        </li>
      ))}
    </ul>
  );
};

/** Double bookings: the host has to contact one of the guests. */
function Conflicts() {
  const words = host().conflicts;
  const { answer } = useQuery(ask(staybase, 'calendar_conflicts', {}));
  if (!answer?.length) return null;
  return (
    <Notice kind='warn'>
      <p class='strong'>{words.title}</p>
      <ul>
        {answer.map((conflict) => (
          <li key={conflict.event_id}>
            {daysText(conflict.check_in, conflict.check_out)}
            {conflict.summary && `: ${conflict.summary}`}{' '}
            {conflict.booking_id && (
              <a class='link' href={`/host/bookings/${conflict.booking_id}`}>{words.booking}</a>
            )}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
