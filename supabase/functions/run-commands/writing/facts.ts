import { z } from 'zod';
import { Impossible } from '../impossible.ts';
import { dayOf, instantOf, money, oneLine, type Reader } from './formats.ts';

/** Reads what the database tells, as it stands in a letter; empty where it tells nothing. */
type Fact<Out> = (told: unknown, reader: Reader, key: string) => Out;

/** The facts of a letter, under the keys of the database. */
export type Facts = Record<string, Fact<unknown>>;

/** The facts ready to be read; an amount under its name without `_minor`. */
export type Said<Told extends Facts> = {
  [Key in keyof Told as Key extends `${infer Name}_minor` ? Name : Key]: ReturnType<Told[Key]>;
};

const fact =
  <In, Out>(type: z.ZodType<In>, empty: Out, said: (told: In, reader: Reader) => Out): Fact<Out> =>
  (told, reader, key) => {
    if (told === null || told === undefined) return empty;
    const { success, data } = type.safeParse(told);
    if (!success) throw new Impossible(`the fact ${key} is not what it should be`);
    return said(data, reader);
  };

const inCurrency = (minor: number, { currency, exponent, locale }: Reader) =>
  currency === undefined ? '' : money(minor, currency, exponent, locale);

/** An amount of which nothing is said when it is zero. */
export const amount = fact(
  z.number(),
  '',
  (minor, reader) => minor === 0 ? '' : inCurrency(minor, reader),
);
/** An amount that is said even when it is zero. */
export const amountOrZero = fact(z.number(), '', inCurrency);
export const day = fact(z.string(), '', (iso, { locale }) => dayOf(iso, locale));
export const instant = fact(z.string(), '', (iso, { locale }) => instantOf(iso, locale));
/** What people or homes are called. */
export const name = fact(z.string(), '', oneLine);
/** Words of somebody's own, in as many lines as they wrote; and ids and codes. */
export const text = fact(z.string(), '', (words) => words);
export const count = fact(z.number(), 0, (number) => number);
export const yes = fact(z.boolean(), false, (answer) => answer);

/** A fact without which a letter cannot be written. */
export const needed = <Out>(one: Fact<Out>): Fact<Out> => (told, reader, key) => {
  if (told === null || told === undefined) throw new Impossible(`the fact ${key} is missing`);
  return one(told, reader, key);
};

/** @throws Impossible for what is missing or not what it should be */
export const read = <Told extends Facts>(
  facts: Told,
  told: Record<string, unknown>,
  reader: Reader,
) =>
  Object.fromEntries(
    Object.entries(facts).map(([key, one]) => [
      key.replace(/_minor$/, ''),
      one(told[key], reader, key),
    ]),
  ) as Said<Told>;
