import { locale } from './language.ts';

let rules: Intl.PluralRules | undefined;
let numbers: Intl.NumberFormat | undefined;

/**
 * Makes the formats. The first one of a browser's process reads the data of all its languages, which takes Chrome
 * 45 ms.
 */
export function warm(): void {
  rules ??= new Intl.PluralRules(locale);
  numbers ??= new Intl.NumberFormat(locale);
}

/** `counted(3, { one: '# night', other: '# nights' })` is "3 nights", by the rules of the language. */
export function counted(
  number: number,
  forms: { one: string; other: string } & Partial<Record<Intl.LDMLPluralRule, string>>,
): string {
  warm();
  return (forms[rules!.select(number)] ?? forms.other).replace('#', numbers!.format(number));
}
