import { z } from 'zod';
import { Impossible } from '../impossible.ts';
import { dayOf, instantOf, money, oneLine, type Reader } from './formats.ts';

/** Formats a value from the database for a letter; empty if there is none. */
type Fact<Out> = (told: unknown, reader: Reader, key: string) => Out;

/** The facts of a letter, under the keys of the database. */
export type Facts = Record<string, Fact<unknown>>;

/** The formatted facts; an amount is under its name without `_minor`. */
export type Said<Told extends Facts> = {
  [Key in keyof Told as Key extends `${infer Name}_minor` ? Name : Key]: ReturnType<Told[Key]>;
};

const fact =
  <In, Out>(type: z.ZodType<In>, empty: Out, said: (told: In, reader: Reader) => Out): Fact<Out> =>
  (told, reader, key) => {
    if (told === null || told === undefined) return empty;
    const { success, data } = type.safeParse(told);
    if (!success) throw new Impossible(`the fact ${key} is invalid`);
    return said(data, reader);
  };

const inCurrency = (minor: number, { currency, exponent, locale }: Reader) =>
  currency === undefined ? '' : money(minor, currency, exponent, locale);

/** An amount; empty when it is zero. */
export const amount = fact(
  z.number(),
  '',
  (minor, reader) => minor === 0 ? '' : inCurrency(minor, reader),
);
/** An amount, also when it is zero. */
export const amountOrZero = fact(z.number(), '', inCurrency);
export const day = fact(z.string(), '', (iso, { locale }) => dayOf(iso, locale));
export const instant = fact(z.string(), '', (iso, { locale }) => instantOf(iso, locale));
/** The name of a person or home. */
export const name = fact(z.string(), '', oneLine);
/** What somebody wrote, with its line breaks; also ids and codes. */
export const text = fact(z.string(), '', (words) => words);
export const count = fact(z.number(), 0, (number) => number);
export const yes = fact(z.boolean(), false, (answer) => answer);

/** A fact without which a letter cannot be written. */
export const needed = <Out>(one: Fact<Out>): Fact<Out> => (told, reader, key) => {
  if (told === null || told === undefined) throw new Impossible(`the fact ${key} is missing`);
  return one(told, reader, key);
};

/** @throws Impossible for a fact that is missing or invalid */
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
