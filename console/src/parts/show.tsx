import { minorDigits } from '@staybase/client';
import type { ComponentChildren } from 'preact';
import type { Problem } from '../backend.ts';

export const base = import.meta.env.BASE_URL.replace(/\/$/, '');

/** A refusal: the code is stable, its text is not. */
export function Refusal({ problem }: { problem: Problem | undefined }) {
  if (problem === undefined) return null;
  return (
    <p class='refusal' role='alert'>
      <code>{problem.code}</code> {problem.message}
    </p>
  );
}

const moments = new Intl.DateTimeFormat('en', {
  dateStyle: 'medium',
  timeStyle: 'short',
  hour12: false,
});
const days = new Intl.DateTimeFormat('en', {
  dateStyle: 'medium',
  timeZone: 'UTC',
});

/** An instant, in the reader's time zone. */
export function When({ at }: { at: string | null | undefined }) {
  if (at === null || at === undefined) return <span class='quiet'>–</span>;
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return <span>{at}</span>;
  return <time dateTime={at} title={at}>{moments.format(moment)}</time>;
}

const dayWords = (day: string) => days.format(new Date(`${day}T00:00:00Z`));

/** A date in the time zone of the home. */
export function Day({ on }: { on: string | null | undefined }) {
  if (on === null || on === undefined) return <span class='quiet'>–</span>;
  return <time dateTime={on}>{dayWords(on)}</time>;
}

export function moneyWords(minor: number, currency: string): string {
  const digits = minorDigits(currency);
  return `${
    (minor / 10 ** digits).toLocaleString('en', {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
  } ${currency}`;
}

export function Money(
  { minor, currency }: {
    minor: number | null | undefined;
    currency: string | null | undefined;
  },
) {
  if (minor === null || minor === undefined || !currency) {
    return <span class='quiet'>–</span>;
  }
  return <span class='number'>{moneyWords(minor, currency)}</span>;
}

const objects: Record<string, string> = {
  booking: 'bookings',
  person: 'people',
  profile: 'people',
};

/** A shortened id, as a link if the console has a page for it. */
export function Id(
  { id, of: object }: { id: string | null | undefined; of?: string },
) {
  if (id === null || id === undefined) return <span class='quiet'>–</span>;
  const page = object === undefined ? undefined : objects[object];
  const short = <code title={id}>{id.slice(-8)}</code>;
  return page === undefined ? short : <a href={`${base}/${page}/${id}`}>{short}</a>;
}

export const words = (code: string) => code.replaceAll('_', ' ');

const tones: [tone: string, codes: RegExp][] = [
  [
    'bad',
    /fail|lost|refus|problem|blocked|suspend|disabled|dispute|conflict|restricted|unpaid/,
  ],
  [
    'good',
    /confirmed|paid|captured|completed|done|healthy|active|won|verified|succeeded|enabled/,
  ],
  [
    'warm',
    /open|wait|pending|request|report|object|scheduled|running|new|answer|sent|objected/,
  ],
];

/** A status as text; its colour adds no information. */
export function Status({ code }: { code: string | null | undefined }) {
  if (code === null || code === undefined) return <span class='quiet'>–</span>;
  const tone = tones.find(([, codes]) => codes.test(code))?.[0] ?? 'plain';
  return <span class={`status ${tone}`}>{words(code)}</span>;
}

export function Page(
  { title, note, actions, children }: {
    title: string;
    note?: ComponentChildren;
    actions?: ComponentChildren;
    children: ComponentChildren;
  },
) {
  return (
    <>
      <header class='page'>
        <h1>{title}</h1>
        {actions !== undefined && <div class='row'>{actions}</div>}
        {note !== undefined && <p class='quiet'>{note}</p>}
      </header>
      {children}
    </>
  );
}

type Fact = [name: string, value: ComponentChildren];

export const fact = (name: string, value: ComponentChildren): Fact => [name, value];

export function Facts({ of: facts }: { of: Fact[] }) {
  return (
    <dl class='facts'>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value ?? <span class='quiet'>–</span>}</dd>
        </div>
      ))}
    </dl>
  );
}
