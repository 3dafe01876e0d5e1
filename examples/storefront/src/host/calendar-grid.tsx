import { formatDay, weekdayOf } from '@staybase/client';
import { useLocation } from 'preact-iso/router';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { longDay, money, price, today, weekdays } from '../format.ts';
import { locale } from '../i18n/index.ts';
import {
  bounds,
  type Cell,
  type HomeCalendar,
  type Night,
  nightsOf,
  type Selection,
} from './calendar-days.ts';
import { host } from './words.ts';

const atOf = (target: EventTarget | null): Cell | undefined => {
  const cell = (target as Element | null)?.closest<HTMLElement>('[data-row]');
  return cell
    ? {
      row: Number(cell.dataset['row']),
      column: Number(cell.dataset['column']),
    }
    : undefined;
};

/**
 * One row per home, nights from left to right. Nights are selected by dragging, by two taps, or with Shift
 * and arrow keys; only one cell is in the tab order.
 */
export function CalendarGrid(
  { homes, starts_on, ends_on, selection, onSelection, onTurn }: {
    homes: HomeCalendar[];
    starts_on: string;
    ends_on: string;
    selection: Selection | null;
    onSelection: (selection: Selection | null) => void;
    /** Called to show earlier or later days. */
    onTurn: (direction: -1 | 1) => void;
  },
) {
  const words = host().calendar;
  const { route } = useLocation();
  const grid = useRef<HTMLDivElement>(null);
  const drag = useRef<Cell | null>(null);
  const [focus, setFocus] = useState<Cell>({ row: 0, column: 0 });
  const rows = useMemo(
    () => homes.map((home) => nightsOf(home, starts_on, ends_on)),
    [homes, starts_on, ends_on],
  );
  const days = rows[0]?.map(({ day }) => day) ?? [];
  const selected = selection && bounds(selection);
  const onFocus = useCallback((cell: Cell) => setFocus(cell), []);
  useEffect(() => {
    const end = () => void (drag.current = null);
    addEventListener('pointerup', end);
    return () => removeEventListener('pointerup', end);
  }, []);

  const move = (to: Cell) => {
    const cell = {
      row: Math.max(0, Math.min(homes.length - 1, to.row)),
      column: Math.max(0, Math.min(days.length - 1, to.column)),
    };
    setFocus(cell);
    grid.current?.querySelector<HTMLElement>(
      `[data-row='${cell.row}'][data-column='${cell.column}']`,
    )?.focus();
    return cell;
  };

  function onKeyDown(event: KeyboardEvent) {
    const { row, column } = focus;
    const steps: Record<string, Cell> = {
      ArrowLeft: { row, column: column - 1 },
      ArrowRight: { row, column: column + 1 },
      ArrowUp: { row: row - 1, column },
      ArrowDown: { row: row + 1, column },
      Home: { row, column: 0 },
      End: { row, column: days.length - 1 },
    };
    const to = steps[event.key];
    const night = rows[row]?.[column];
    if (to) {
      const head = move(to);
      if (event.shiftKey) {
        onSelection({ anchor: selection?.anchor ?? focus, head });
      }
    } else if (event.key === 'PageUp') onTurn(-1);
    else if (event.key === 'PageDown') onTurn(1);
    else if (event.key === 'Escape') onSelection(null);
    else if (event.key === 'Enter' && night?.taken?.booking_id) {
      route(`/host/bookings/${night.taken.booking_id}`);
    } else if (event.key === ' ' || event.key === 'Enter') choose(focus);
    else return;
    event.preventDefault();
  }

  /** The first tap begins the selection, the second ends it, the third begins a new one. */
  function choose(cell: Cell) {
    const isBegun = selection !== null &&
      selection.anchor.row === selection.head.row &&
      selection.anchor.column === selection.head.column;
    onSelection({ anchor: isBegun ? selection.anchor : cell, head: cell });
  }

  const onPointerDown = (event: PointerEvent) => {
    const cell = atOf(event.target);
    if (!cell || event.pointerType !== 'mouse' || event.button !== 0) return;
    if ((event.target as Element).closest('a')) return;
    drag.current = cell;
    setFocus(cell);
    onSelection({
      anchor: event.shiftKey && selection ? selection.anchor : cell,
      head: cell,
    });
  };
  const onPointerOver = (event: PointerEvent) => {
    const head = atOf(event.target);
    if (drag.current && head && event.buttons === 1) {
      onSelection({ anchor: drag.current, head });
    }
  };
  const onClick = (event: MouseEvent) => {
    const cell = atOf(event.target);
    if (!cell || (event as PointerEvent).pointerType === 'mouse') return;
    if ((event.target as Element).closest('a')) return;
    setFocus(cell);
    choose(cell);
  };

  return (
    <div class='host-grid-scroller'>
      <div
        ref={grid}
        class='host-grid'
        role='grid'
        aria-label={words.grid}
        aria-multiselectable='true'
        aria-rowcount={homes.length + 1}
        onKeyDown={onKeyDown}
        onPointerDown={onPointerDown}
        onPointerOver={onPointerOver}
        onClick={onClick}
      >
        <Days days={days} />
        {homes.map((home, row) => (
          <Row
            key={home.listing_id}
            home={home}
            nights={rows[row]!}
            row={row}
            focus={focus.row === row ? focus.column : -1}
            selected={selected && row >= selected.rows[0] &&
                row <= selected.rows[1]
              ? selected.columns
              : none}
            onFocus={onFocus}
          />
        ))}
      </div>
    </div>
  );
}

const none = [-1, -1] as const;

/** A row with the days of the grid, which stay the same while nights are chosen. */
const Days = ({ days }: { days: string[] }) =>
  useMemo(() => {
    const now = today();
    const names = weekdays('short');
    return (
      <div class='grid-row grid-days' role='row'>
        <span class='grid-home' role='columnheader'>
          {host().calendar.home}
        </span>
        {days.map((day, at) => (
          <span
            key={day}
            role='columnheader'
            class='grid-day'
            data-today={day === now || undefined}
            data-weekend={weekdayOf(day) >= 6 || undefined}
            aria-label={longDay(day)}
          >
            <span class='month'>
              {(at === 0 || day.endsWith('-01')) &&
                formatDay(day, locale, { month: 'short', year: '2-digit' })}
            </span>
            <span>{names[weekdayOf(day) - 1]}</span>
            <span class='strong'>{Number(day.slice(8))}</span>
          </span>
        ))}
      </div>
    );
  }, [days[0], days.length]);

/** A home's nights. Rows in which nothing is chosen or focused are not rendered again. */
function Row(
  { home, nights, row, focus, selected: [first, last], onFocus }: {
    home: HomeCalendar;
    nights: Night[];
    row: number;
    /** The column of the focus, and those of the selection; -1 for none. */
    focus: number;
    selected: readonly [number, number];
    onFocus: (cell: Cell) => void;
  },
) {
  const shown = useMemo(() => nights.map((night) => nightShown(home, night)), [
    home,
    nights,
  ]);
  return useMemo(() => (
    <div class='grid-row' role='row'>
      <span class='grid-home' role='rowheader'>
        <a href={`/host/homes/${home.listing_id}/prices`} tabIndex={-1}>
          {home.title}
        </a>
      </span>
      {shown.map(({ night, label, inside }, column) => (
        <div
          key={night.day}
          role='gridcell'
          class='grid-night'
          tabIndex={focus === column ? 0 : -1}
          data-row={row}
          data-column={column}
          data-past={night.day < today() || undefined}
          data-weekend={weekdayOf(night.day) >= 6 || undefined}
          aria-selected={column >= first && column <= last}
          aria-label={label}
          onFocus={() => onFocus({ row, column })}
        >
          {inside}
        </div>
      ))}
    </div>
  ), [home, shown, row, focus, first, last]);
}

/** A night described in words, for screen readers. */
function nightText(home: HomeCalendar, { day, run, taken }: Night): string {
  const words = host().calendar;
  const said = [longDay(day)];
  if (taken) {
    said.push(words.kinds[taken.kind]);
    if (taken.guest_name) said.push(taken.guest_name);
    if (taken.note) said.push(taken.note);
    return said.join(', ');
  }
  said.push(words.free);
  if (!run) return said.join(', ');
  said.push(
    run.price_minor === null ? words.noPrice : money(run.price_minor, home.currency),
  );
  if (run.minimum_nights > 1) said.push(words.minimum(run.minimum_nights));
  if (run.closed_to_arrival) said.push(words.noArrival);
  if (run.closed_to_departure) said.push(words.noDeparture);
  return said.join(', ');
}

/** What a cell shows and says, whether or not it is chosen. */
const nightShown = (home: HomeCalendar, night: Night) => {
  const { run, taken, bar } = night;
  return {
    night,
    label: nightText(home, night),
    inside: (
      <>
        {!taken && run && (
          <>
            <span class='grid-price' data-own={run.price_is_own || undefined}>
              {run.price_minor === null ? '–' : price(run.price_minor, home.currency)}
            </span>
            {(run.closed_to_arrival || run.closed_to_departure ||
              run.minimum_is_own) && (
              <span class='grid-hint'>
                {run.closed_to_arrival && '⇥'}
                {run.closed_to_departure && '⇤'}
                {run.minimum_is_own && `≥${run.minimum_nights}`}
              </span>
            )}
          </>
        )}
        {bar && <Bar {...bar} />}
      </>
    ),
  };
};

function Bar({ taken, span }: NonNullable<Night['bar']>) {
  const words = host().calendar;
  const isRequest = taken.booking_status === 'requested';
  const text = taken.kind === 'preparation' ? words.kinds.preparation : taken.guest_name ??
    (taken.note || (isRequest ? words.request : words.kinds[taken.kind]));
  const look = {
    class: 'grid-bar',
    'data-kind': isRequest ? 'hold' : taken.kind,
    style: { '--span': String(span) },
    title: `${words.kinds[taken.kind]}: ${text}`,
  };
  return taken.booking_id
    ? (
      <a {...look} href={`/host/bookings/${taken.booking_id}`} tabIndex={-1}>
        <span>{text}</span>
      </a>
    )
    : (
      <span {...look}>
        <span>{text}</span>
      </span>
    );
}
