import { addDays, daysBetween, minorDigits, todayIn } from '@staybase/client';
import { useState } from 'preact/hooks';
import { type Answers, call } from '../backend.ts';
import { Bars, type Series } from '../parts/chart.tsx';
import { useAnswer } from '../parts/load.ts';
import { Loading, Table } from '../parts/table.tsx';
import { Money, Page, words } from '../parts/show.tsx';

type Figure = Answers['staff_figure'];

const short = new Intl.NumberFormat('en', {
  notation: 'compact',
  maximumFractionDigits: 1,
});

const groups: [name: string, statuses: string[]][] = [
  ['awaiting payment or answer', ['awaiting_payment', 'requested']],
  ['confirmed', ['confirmed', 'payment_conflict']],
  ['completed', ['completed', 'no_show']],
  ['cancelled', [
    'cancelled_by_guest',
    'cancelled_by_host',
    'cancelled_by_staff',
  ]],
  ['declined or expired', ['declined', 'expired']],
];

function bookingSeries(figures: Figure[], days: string[]): Series[] {
  const made = figures.filter(({ figure }) => figure === 'bookings');
  return groups.map(([name, statuses]) => ({
    name,
    values: days.map((day) =>
      made.filter((row) => row.day === day && statuses.includes(row.name))
        .reduce((sum, { value }) => sum + value, 0)
    ),
  }));
}

const meanings: Record<string, string> = {
  stripe_balance: 'what Stripe holds for us',
  guest: 'negative: owed to guests',
  host: 'negative: owed to hosts',
  platform: 'negative: earned by the marketplace',
  tax: 'negative: owed to tax offices',
  stripe_fee: 'what Stripe kept',
  dispute: 'what banks took back and may return',
  host_debt: 'what hosts owe',
  by_hand: 'negative: paid to hosts outside Stripe',
};

/** What the marketplace kept, and what reached the Stripe balance. Credits are negative in the ledger. */
function moneySeries(
  figures: Figure[],
  days: string[],
  currency: string,
): Series[] {
  const of = (account: string, sign: number) =>
    days.map((day) =>
      sign * (figures.find((row) =>
        row.figure === 'ledger' && row.day === day && row.name === account &&
        row.currency === currency
      )?.value ?? 0) / 10 ** minorDigits(currency)
    );
  return [
    { name: 'for hosts', values: of('host', -1) },
    { name: 'for the marketplace', values: of('platform', -1) },
    { name: 'for the tax office', values: of('tax', -1) },
  ];
}

export default function Charts() {
  const [length, setLength] = useState(30);
  const ends_on = addDays(todayIn('UTC'), 1);
  const starts_on = addDays(ends_on, -length);
  const loaded = useAnswer(
    () => call('staff_figures', { starts_on, ends_on }),
    [starts_on, ends_on],
  );
  const days = daysBetween(starts_on, ends_on);
  const figures = loaded.answer ?? [];
  const currencies = [
    ...new Set(figures.flatMap(({ currency }) => currency ?? [])),
  ].sort();
  const sums = new Map<string, Figure>();
  for (const row of figures.filter(({ figure }) => figure === 'ledger')) {
    const key = `${row.name} ${row.currency}`;
    sums.set(key, { ...row, value: row.value + (sums.get(key)?.value ?? 0) });
  }
  return (
    <Page
      title='Charts'
      note='By day, in UTC. Bookings are shown on the day they were made, with their present status.'
      actions={
        <label class='filter'>
          Days
          <select
            value={length}
            onChange={(event) => setLength(Number(event.currentTarget.value))}
          >
            {[7, 30, 90, 365].map((days) => <option key={days} value={days}>{days}</option>)}
          </select>
        </label>
      }
    >
      <Loading {...loaded}>
        <div class='columns'>
          <Bars
            title='Bookings made'
            days={days}
            series={bookingSeries(figures, days)}
            format={(value) => short.format(value)}
          />
          {currencies.map((currency) => (
            <Bars
              key={currency}
              title={`Distribution of money, in ${currency}`}
              days={days}
              series={moneySeries(figures, days, currency)}
              format={(value) => short.format(value)}
            />
          ))}
        </div>
        <h2 class='part'>Accounts: changes in this period</h2>
        <Table
          caption='Accounts'
          rows={[...sums.values()].sort((one, other) => one.name.localeCompare(other.name))}
          keyOf={({ name, currency }) => `${name} ${currency}`}
          empty='No money moved in this period.'
          columns={[
            { name: 'Account', show: ({ name }) => words(name) },
            {
              name: 'Change',
              isNumber: true,
              show: ({ value, currency }) => <Money minor={value} currency={currency} />,
            },
            { name: 'Means', show: ({ name }) => meanings[name] },
          ]}
        />
      </Loading>
    </Page>
  );
}
