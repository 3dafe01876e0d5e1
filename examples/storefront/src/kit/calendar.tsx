import { weekdayOf } from '@staybase/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { addDays, addMonths, longDay, monthText, today, weekdays } from '../format.ts';
import { core } from '../i18n/index.ts';
import { Icon } from './icons.tsx';
import './calendar.css';

export interface Days {
  check_in: string;
  check_out: string;
}

/** The state of a day, in addition to its number. */
export interface DayState {
  /** Why it cannot be chosen; for screen readers. */
  off?: string | undefined;
  /** Shown below the number. */
  price?: string | undefined;
}

/** A date range picker of one or two months: the first click is check-in, the second check-out. */
export function Calendar(
  { days, months = 1, first = today(), last, state, onDays }: {
    days: Days;
    months?: 1 | 2;
    /** Days before cannot be chosen. */
    first?: string;
    last?: string;
    state?: (day: string, choosing: 'check_in' | 'check_out') => DayState;
    onDays: (days: Days) => void;
  },
) {
  const words = core().when;
  const [begin] = useState(() => days.check_in || firstFree(first, last, state));
  const [month, setMonth] = useState(begin.slice(0, 7));
  const [focused, setFocused] = useState(begin);
  const grid = useRef<HTMLDivElement>(null);
  const moves = useRef(false);
  const choosing = days.check_in !== '' && days.check_out === '' ? 'check_out' : 'check_in';

  useEffect(() => {
    if (!moves.current) return;
    moves.current = false;
    grid.current?.querySelector<HTMLButtonElement>(`[data-day="${focused}"]`)?.focus();
  }, [focused, month]);

  const choose = (day: string) => {
    setFocused(day);
    if (choosing === 'check_in' || day <= days.check_in) onDays({ check_in: day, check_out: '' });
    else onDays({ check_in: days.check_in, check_out: day });
  };
  const onKey = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -7,
      ArrowDown: 7,
    };
    const step = steps[event.key];
    let next = step === undefined ? '' : addDays(focused, step);
    if (event.key === 'PageUp') next = addDays(focused, -28);
    if (event.key === 'PageDown') next = addDays(focused, 28);
    if (next === '' || next < first || (last && next > last)) return;
    event.preventDefault();
    moves.current = true;
    setFocused(next);
    const shownTo = addMonths(month, months - 1);
    if (next.slice(0, 7) < month) setMonth(next.slice(0, 7));
    if (next.slice(0, 7) > shownTo) setMonth(addMonths(next.slice(0, 7), 1 - months));
  };
  const isShown = focused.slice(0, 7) >= month &&
    focused.slice(0, 7) <= addMonths(month, months - 1);
  return (
    <div class='calendar'>
      <p class='soft small' role='status'>
        {choosing === 'check_out' ? words.chooseCheckOut : words.chooseCheckIn}
      </p>
      <div class='calendar-months' ref={grid} onKeyDown={onKey}>
        {Array.from({ length: months }, (_, at) => addMonths(month, at)).map((shown, at) => (
          <Month
            key={shown}
            month={shown}
            days={days}
            first={first}
            last={last}
            choosing={choosing}
            state={state}
            tabDay={isShown ? focused : first > `${shown}-01` ? first : `${month}-01`}
            onChoose={choose}
            before={at === 0 && month > first.slice(0, 7)
              ? () => setMonth(addMonths(month, -1))
              : undefined}
            after={at === months - 1 && (!last || shown < last.slice(0, 7))
              ? () => setMonth(addMonths(month, 1))
              : undefined}
          />
        ))}
      </div>
    </div>
  );
}

/** The first day that can be chosen: at the end of a month, and of a home that is taken, it is in a later one. */
function firstFree(
  first: string,
  last: string | undefined,
  state: ((day: string, choosing: 'check_in') => DayState) | undefined,
): string {
  if (state === undefined || last === undefined) return first;
  for (let day = first; day <= last; day = addDays(day, 1)) {
    if (state(day, 'check_in').off === undefined) return day;
  }
  return first;
}

function Month(
  { month, days, first, last, choosing, state, tabDay, onChoose, before, after }: {
    month: string;
    days: Days;
    first: string;
    last: string | undefined;
    choosing: 'check_in' | 'check_out';
    state: ((day: string, choosing: 'check_in' | 'check_out') => DayState) | undefined;
    tabDay: string;
    onChoose: (day: string) => void;
    before: (() => void) | undefined;
    after: (() => void) | undefined;
  },
) {
  const words = core().when;
  const start = `${month}-01`;
  const lead = weekdayOf(start) - 1;
  const cells: string[] = [];
  for (let day = start; day.startsWith(month); day = addDays(day, 1)) cells.push(day);
  return (
    <div class='calendar-month' role='group' aria-label={monthText(month)}>
      <div class='calendar-head'>
        {before
          ? (
            <button class='icon-button' type='button' aria-label={words.previous} onClick={before}>
              <Icon name='back' />
            </button>
          )
          : <span />}
        <span class='strong' aria-live='polite'>{monthText(month)}</span>
        {after
          ? (
            <button class='icon-button' type='button' aria-label={words.next} onClick={after}>
              <Icon name='forward' />
            </button>
          )
          : <span />}
      </div>
      <div class='calendar-weekdays' aria-hidden='true'>
        {weekdays('short').map((name) => <span key={name}>{name}</span>)}
      </div>
      <div class='calendar-days' data-lead={lead}>
        {cells.map((day) => {
          const { off, price } = state?.(day, choosing) ?? {};
          const isOut = day < first || (last !== undefined && day > last);
          const isOff = isOut || off !== undefined;
          const isEnd = day === days.check_in || day === days.check_out;
          return (
            <button
              key={day}
              type='button'
              data-day={day}
              data-end={isEnd || undefined}
              data-between={(day > days.check_in && day < days.check_out && days.check_in !== '') ||
                undefined}
              tabIndex={day === tabDay ? 0 : -1}
              aria-disabled={isOff || undefined}
              aria-pressed={isEnd}
              onClick={() => !isOff && onChoose(day)}
            >
              <span aria-hidden='true'>{Number(day.slice(8))}</span>
              {state && <small aria-hidden='true'>{isOff ? '' : price}</small>}
              <span class='visually-hidden'>
                {[longDay(day), isOff && !isOut ? off : price].filter(Boolean).join(', ')}
              </span>
            </button>
          );
        })}
      </div>
    </div>
  );
}
