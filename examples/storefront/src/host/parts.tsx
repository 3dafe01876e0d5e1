import { type BookingStatus, minorDigits, parseMoney } from '@staybase/client';
import type { ComponentChildren } from 'preact';
import { createContext } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import { locale } from '../i18n/index.ts';
import { Badge, Field, Icon, Loading, Skeleton } from '../kit/index.ts';
import { host } from './words.ts';

/** The signed-in person; host pages always have one. */
export const Me = createContext({ id: '', email: '', name: '' });
export const useMe = () => useContext(Me);

export function Head(
  { title, back, children }: {
    title: string;
    back?: { href: string; text: string };
    children?: ComponentChildren;
  },
) {
  return (
    <header class='host-head'>
      <div>
        {back && (
          <a class='back link' href={back.href}>
            <Icon name='back' />
            {back.text}
          </a>
        )}
        <h1>{title}</h1>
      </div>
      {children && <div class='row'>{children}</div>}
    </header>
  );
}

export function Section(
  { title, count, action, children }: {
    title: string;
    count?: number | undefined;
    action?: ComponentChildren;
    children: ComponentChildren;
  },
) {
  return (
    <section class='stack'>
      <div class='between'>
        <h2>
          {title}
          {!!count && <span class='count'>{count}</span>}
        </h2>
        {action}
      </div>
      {children}
    </section>
  );
}

const kinds: Partial<Record<BookingStatus, 'good' | 'warn' | 'bad'>> = {
  requested: 'warn',
  confirmed: 'good',
  declined: 'bad',
  cancelled_by_guest: 'bad',
  cancelled_by_host: 'bad',
  cancelled_by_staff: 'bad',
  no_show: 'bad',
  payment_conflict: 'bad',
};

export const StatusBadge = ({ status }: { status: BookingStatus }) => (
  <Badge kind={kinds[status] ?? 'plain'}>{host().statuses[status]}</Badge>
);

const unit = (value: number, unit: string) =>
  new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(value);

/** "1 day, 3 hr", "42 min": what is left until an instant. */
function leftText(until: string, now = Date.now()): string {
  const minutes = Math.max(0, Math.floor((Date.parse(until) - now) / 60_000));
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  if (days > 0) return `${unit(days, 'day')} ${unit(hours, 'hour')}`;
  if (hours > 0) return `${unit(hours, 'hour')} ${unit(minutes % 60, 'minute')}`;
  return unit(minutes, 'minute');
}

/** The time left, updated every half minute, but not announced each time. */
export function Countdown({ until }: { until: string }) {
  const [now, set] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => set(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  const isShort = Date.parse(until) - now < 6 * 3_600_000;
  return (
    <Badge kind={isShort ? 'bad' : 'warn'}>
      {Date.parse(until) > now ? host().left(leftText(until, now)) : host().tooLate}
    </Badge>
  );
}

/** An amount in the format people type. */
export const amountText = (minor: number | null | undefined, currency: string): string => {
  if (minor === null || minor === undefined) return '';
  const digits = minorDigits(currency);
  const whole = minor / 10 ** digits;
  return Number.isInteger(whole) ? String(whole) : whole.toFixed(digits);
};

/** Whether the text is an amount; an empty text is not. */
export const amountOf = (text: string, currency: string): number | null | undefined =>
  text.trim() === '' ? null : parseMoney(text, currency);

export function MoneyField(
  { label, currency, value, onValue, hint, required = false }: {
    label: string;
    currency: string;
    value: string;
    onValue: (value: string) => void;
    hint?: ComponentChildren;
    required?: boolean;
  },
) {
  const isWrong = amountOf(value, currency) === undefined;
  return (
    <Field
      label={`${label} (${currency})`}
      inputmode='decimal'
      autocomplete='off'
      value={value}
      onValue={onValue}
      required={required}
      {...(hint === undefined ? {} : { hint })}
      problem={isWrong ? host().noAmount : undefined}
    />
  );
}

/** A choice of weekdays, Monday is 1. */
export function Weekdays(
  { legend, value, onValue, names }: {
    legend: string;
    value: number[];
    onValue: (days: number[]) => void;
    names: string[];
  },
) {
  return (
    <fieldset>
      <legend class='legend'>{legend}</legend>
      <div class='weekdays'>
        {names.map((name, at) => {
          const day = at + 1;
          const isChosen = value.includes(day);
          return (
            <button
              key={day}
              type='button'
              class='chip'
              aria-pressed={isChosen}
              onClick={() =>
                onValue(
                  isChosen
                    ? value.filter((each) => each !== day)
                    : [...value, day].sort((one, other) => one - other),
                )}
            >
              {name}
            </button>
          );
        })}
      </div>
    </fieldset>
  );
}

/** A row of links that may be wider than the screen: the current one is scrolled into view. */
export function useCurrentInSight(at: string) {
  const ref = useRef<HTMLElement>(null);
  useEffect(() => {
    const nav = ref.current;
    const current = nav?.querySelector<HTMLElement>('[aria-current="page"]');
    const row = current?.parentElement;
    if (!nav || !current || !row) return;
    row.scrollLeft = current.offsetLeft - row.offsetLeft -
      (row.clientWidth - current.offsetWidth) / 2;
  }, [at]);
  return ref;
}

/** Shows a page only once all of its parts are loaded, so that nothing shifts. */
export const Together = (
  { waits, children }: { waits: boolean[]; children: ComponentChildren },
) =>
  waits.some(Boolean)
    ? (
      <Loading>
        <Skeleton height='900px' />
      </Loading>
    )
    : <>{children}</>;
