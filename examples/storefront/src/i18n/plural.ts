import { locale } from './language.ts';

const rules = new Intl.PluralRules(locale);
const numbers = new Intl.NumberFormat(locale);

/** `counted(3, { one: '# night', other: '# nights' })` is "3 nights", by the rules of the language. */
export function counted(
  number: number,
  forms: { one: string; other: string } & Partial<Record<Intl.LDMLPluralRule, string>>,
): string {
  return (forms[rules.select(number)] ?? forms.other).replace('#', numbers.format(number));
}
