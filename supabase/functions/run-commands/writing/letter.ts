import { Impossible } from '../impossible.ts';
import * as all from '../letters/index.ts';
import type { Letter } from './kinds.ts';
import { codeOf, languages } from './languages.ts';

export { money } from './formats.ts';

const letters: Record<string, Letter> = all;

/** The letters about bookings, about no booking and conversation, and all of them. */
export const letterNames = Object.keys(letters);
export const templateNames = letterNames.filter((name) => letters[name]?.about === 'booking');
export const newsNames = letterNames.filter((name) => letters[name]?.about === 'news');

/** What a letter says besides what all of its kind can say. */
export const factsOf = (template: string) => letters[template]?.facts ?? [];

/** Which side of its booking a letter greets; null for one that is about no booking. */
export const sideOf = (template: string) => letters[template]?.to ?? null;

/** The languages in which letters are written. */
export const languageNames = Object.keys(languages);

interface Written {
  subject: string;
  text: string;
  html: string;
}

/** Where a letter leads. */
interface Links {
  /** The frontend, ending in a slash: to the booking, the conversation or the notifications there. */
  site?: string | undefined;
  /** Turns letters of this kind off, where they can be. */
  unsubscribe?: string | undefined;
}

/**
 * A letter as plain text and as HTML.
 * @param locale of its reader, such as `de` or `pt-BR`
 * @throws Impossible for an unknown template and for facts that are not those it needs
 */
export function letterAbout(
  template: string,
  told: Record<string, unknown>,
  locale: string,
  { site, unsubscribe }: Links = {},
): Written {
  const letter = Object.hasOwn(letters, template) ? letters[template] : undefined;
  if (letter === undefined) throw new Impossible(`there is no letter ${template}`);
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

/** What is an address of ours is a link; words are words, whatever is in them. */
function inHtml(part: string | URL): string {
  const text = String(part).replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return part instanceof URL ? `<a href="${text}">${text}</a>` : text;
}
