import { Impossible } from '../impossible.ts';
import * as all from '../letters/index.ts';
import type { Letter } from './kinds.ts';
import { type Code, codeOf, languages } from './languages.ts';

export { money } from './formats.ts';

const letters: Record<string, Letter> = all;

/** The names of all letters, of those about bookings, and of those about neither a booking nor a conversation. */
export const letterNames = Object.keys(letters);
export const templateNames = letterNames.filter((name) => letters[name]?.about === 'booking');
export const newsNames = letterNames.filter((name) => letters[name]?.about === 'news');

/** The facts of a letter in addition to those of all letters of its kind. */
export const factsOf = (template: string) => letters[template]?.facts ?? [];

/** The side of the booking that a letter addresses; null if it is not about a booking. */
export const sideOf = (template: string) => letters[template]?.to ?? null;

/** The languages in which letters are written. */
export const languageNames = Object.keys(languages) as Code[];

interface Written {
  subject: string;
  text: string;
  html: string;
}

/** The links of a letter. */
interface Links {
  /** The frontend, ending in a slash: to the booking, the conversation or the notifications there. */
  site?: string | undefined;
  /** Turns letters of this kind off, where they can be. */
  unsubscribe?: string | undefined;
}

/**
 * A letter as plain text and as HTML.
 * @param locale of its reader, such as `de` or `pt-BR`
 * @throws Impossible for an unknown template and for missing or invalid facts
 */
export function letterAbout(
  template: string,
  told: Record<string, unknown>,
  locale: string,
  { site, unsubscribe }: Links = {},
): Written {
  const letter = Object.hasOwn(letters, template) ? letters[template] : undefined;
  if (letter === undefined) throw new Impossible(`unknown letter ${template}`);
  const { subject, paragraphs, page } = letter.write(told, locale);
  const parts = [
    ...paragraphs.filter((paragraph) => paragraph !== ''),
    ...(site === undefined ? [] : [new URL(page, site)]),
    ...(unsubscribe === undefined ? [] : [languages[codeOf(locale)].unsubscribe(unsubscribe)]),
  ];
  return {
    subject,
    text: `${parts.join('\n\n')}\n`,
    html: `<!doctype html>\n<html><body>\n${
      parts.map((part) => `<p>${inHtml(part)}</p>`).join('\n')
    }\n</body></html>\n`,
  };
}

/** Only our own URLs become links; everything else is text, whatever it contains. */
function inHtml(part: string | URL): string {
  const text = String(part).replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return part instanceof URL ? `<a href="${text}">${text}</a>` : text;
}
