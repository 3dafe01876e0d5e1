import {
  addDays,
  daysBetween,
  formatDay,
  formatMoney,
  formatStay,
  minorDigits,
  nightsBetween,
  parseMoney,
  todayIn,
  weekdayOf,
} from '@staybase/client';
import { expect, test } from 'vitest';
import { asPostgres } from '../support/stack.ts';

const spaces = (text: string) => text.replaceAll(/\s/g, ' ');

test('an amount has as many minor-unit digits as in the database', async () => {
  const currencies = await asPostgres<{ currency: string; exponent: number }>(
    `select currency, exponent from private.currencies
     union all select currency, exponent from private.display_currencies`,
  );
  expect(currencies.length).toBeGreaterThan(30);
  expect(currencies.map(({ currency }) => [currency, minorDigits(currency)]))
    .toEqual(currencies.map(({ currency, exponent }) => [currency, exponent]));
});

test('money is formatted for its reader, whatever Intl says about its minor unit', () => {
  expect(formatMoney(123_456, 'EUR', 'en')).toBe('€1,234.56');
  expect(spaces(formatMoney(123_456, 'EUR', 'de'))).toBe('1.234,56 €');
  expect(formatMoney(12_000, 'JPY', 'en')).toBe('¥12,000');
  expect(spaces(formatMoney(12_345, 'KWD', 'en'))).toBe('KWD 12.345');
  // Stripe counts krónur in hundredths, Intl has no coins for them.
  expect(spaces(formatMoney(150_000, 'ISK', 'en'))).toBe('ISK 1,500.00');
  expect(formatMoney(-5_000, 'USD', 'en')).toBe('-$50.00');
  expect(formatMoney(12_000, 'USD', 'en', { whole: true })).toBe('$120');
  expect(formatMoney(12_050, 'USD', 'en', { whole: true })).toBe('$120.50');
  expect(formatMoney(12_000, 'USD', 'en', { currencyDisplay: 'code', whole: true }))
    .toMatch(/^USD\s120$/);
});

test('typed text is an amount only if it is valid in that currency', () => {
  expect(parseMoney('12,5', 'EUR')).toBe(1250);
  expect(parseMoney(' 12.50 ', 'EUR')).toBe(1250);
  expect(parseMoney('12000', 'JPY')).toBe(12_000);
  expect(parseMoney('0.29', 'USD')).toBe(29);
  for (const text of ['', '1.234,56', '-1', '1e3', '12.345', 'ten', '١٢']) {
    expect([text, parseMoney(text, 'EUR')]).toEqual([text, undefined]);
  }
  expect(parseMoney('1.5', 'JPY')).toBeUndefined();
});

test('a day stays the same across clock changes and year ends', () => {
  expect(addDays('2027-03-27', 2)).toBe('2027-03-29');
  expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
  expect(addDays('2027-01-01', -1)).toBe('2026-12-31');
  expect(nightsBetween('2027-03-27', '2027-03-29')).toBe(2);
  expect(nightsBetween('2027-10-30', '2027-11-01')).toBe(2);
  expect(daysBetween('2027-02-27', '2027-03-02')).toEqual([
    '2027-02-27',
    '2027-02-28',
    '2027-03-01',
  ]);
  expect(daysBetween('2027-03-02', '2027-02-27')).toEqual([]);
  expect([weekdayOf('2027-05-03'), weekdayOf('2027-05-09')]).toEqual([1, 7]);
});

test('a day is the same for readers in every time zone, and today is that of the home', () => {
  const zone = process.env.TZ;
  try {
    for (const TZ of ['America/Los_Angeles', 'Pacific/Kiritimati', 'UTC']) {
      process.env.TZ = TZ;
      expect(formatDay('2027-05-03', 'en-GB')).toMatch(/^Mon,? 3 May$/);
      expect(formatStay('2027-05-03', '2027-05-07', 'en-GB')).toMatch(/^3\s?–\s?7 May 2027$/);
      const now = new Date('2027-05-03T23:30:00Z');
      expect(todayIn('Asia/Tokyo', now)).toBe('2027-05-04');
      expect(todayIn('America/New_York', now)).toBe('2027-05-03');
      // Also on the days when clocks are changed.
      for (const at of ['2027-03-14T06:59:59Z', '2027-10-31T00:30:00Z', '2027-05-03T23:30:00Z']) {
        expect(todayIn(undefined, new Date(at))).toBe(todayIn(process.env.TZ, new Date(at)));
      }
    }
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});
