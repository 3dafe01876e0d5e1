import type { z } from 'zod';
import { Impossible } from '../impossible.ts';
import { type BookingLetters, english, type Language } from './english.ts';
import { bookingFacts, messageFacts, newsFacts } from './facts.ts';
import { french } from './french.ts';
import { german } from './german.ts';
import type { NewsLetters } from './news.ts';
import { spanish } from './spanish.ts';

/** By the first part of a locale; who reads another language reads English. */
const languages: Record<string, Language> = {
  en: english,
  de: german,
  fr: french,
  es: spanish,
};

/** All letters that can be written: those about bookings, and the others. */
export const templateNames = Object.keys(english.letters);
export const newsNames = Object.keys(english.news);

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
  given: Record<string, unknown>,
  locale: string,
  links: Links = {},
): Written {
  const language = languageOf(locale);
  if (template === 'message_received') return letterAboutMessage(given, language, links);
  if (Object.hasOwn(language.news, template)) {
    return letterOfNews(template as keyof NewsLetters, given, locale, links);
  }
  if (!Object.hasOwn(language.letters, template)) {
    throw new Impossible(`there is no letter ${template}`);
  }
  const write = language.letters[template as keyof BookingLetters];
  const { success, data } = bookingFacts.safeParse(given);
  if (!success) {
    throw new Impossible(
      `the facts for ${template} are not those of a booking`,
    );
  }

  const {
    total_minor: total,
    payout_minor: payout,
    paid_minor: paid,
    later_minor: later,
    unpaid_minor: unpaid,
    refund_minor: refund,
    back_before_minor: backBefore,
    owed_minor: owed,
    left_minor: left,
    penalty_minor: penalty,
    given_back_minor: givenBack,
    share_minor: share,
    claimed_minor: claimed,
    award_minor: award,
    difference_minor: difference,
    moved_minor: moved,
    ...rest
  } = data;
  const amount = (minor: number | null) =>
    minor === null ? '' : money(minor, data.currency, data.exponent, locale);
  const { greets, subject, body } = write({
    ...rest,
    guest_name: oneLine(rest.guest_name),
    host_name: oneLine(rest.host_name),
    listing_title: oneLine(rest.listing_title),
    city: oneLine(rest.city),
    check_in: day(rest.check_in, locale),
    check_out: day(rest.check_out, locale),
    new_check_in: rest.new_check_in && day(rest.new_check_in, locale),
    new_check_out: rest.new_check_out && day(rest.new_check_out, locale),
    answer_until: rest.answer_until && instant(rest.answer_until, locale),
    object_until: rest.object_until && instant(rest.object_until, locale),
    pay_by: rest.pay_by && instant(rest.pay_by, locale),
    answer_damage_until: rest.answer_damage_until && instant(rest.answer_damage_until, locale),
    total: amount(total),
    payout: amount(payout),
    paid: amount(paid || null),
    later: amount(later || null),
    unpaid: amount(unpaid || null),
    refund: amount(refund || null),
    backBefore: amount(backBefore || null),
    owed: amount(owed || null),
    left: amount(left || null),
    penalty: amount(penalty || null),
    givenBack: amount(givenBack || null),
    share: amount(share ?? null),
    claimed: amount(claimed ?? null),
    award: amount(award ?? null),
    difference: amount(difference ?? null),
    moved: amount(moved ?? null),
  });
  const name = oneLine(greets === 'guest' ? rest.guest_name : rest.host_name);
  return written(subject, [
    language.hello(name),
    ...body,
    language.booking(data.booking_id),
    ...leading(`bookings/${data.booking_id}`, links, language),
  ]);
}

function letterAboutMessage(
  given: Record<string, unknown>,
  language: Language,
  links: Links,
): Written {
  const { success, data } = messageFacts.safeParse(given);
  if (!success) throw new Impossible('the facts are not those of a conversation');
  const { subject, intro } = language.message({
    ...data,
    sender_name: oneLine(data.sender_name),
    listing_title: oneLine(data.listing_title),
  });
  return written(subject, [
    language.hello(oneLine(data.recipient_name)),
    intro,
    data.body,
    ...leading(`conversations/${data.conversation_id}`, links, language),
  ]);
}

function letterOfNews(
  template: keyof NewsLetters,
  given: Record<string, unknown>,
  locale: string,
  links: Links,
): Written {
  const { success, data } = newsFacts.safeParse(given);
  if (!success) throw new Impossible(`the facts for ${template} are not those of news`);
  const language = languageOf(locale);
  const home = oneLine(data.listing_title ?? '');
  const { total_minor: total, currency, exponent } = data;
  const [subject, ...body] = language.news[template]({
    home,
    place: [home, oneLine(data.city ?? '')].filter(Boolean).join(', '),
    other: oneLine(data.other_name ?? ''),
    from: data.check_in ? day(data.check_in, locale) : '',
    to: data.check_out ? day(data.check_out, locale) : '',
    guests: data.guests ?? 0,
    total: total == null || !currency ? '' : money(total, currency, exponent ?? 2, locale),
    until: data.until ? instant(data.until, locale) : '',
    words: data.words ?? '',
    code: data.code ?? '',
    measure: data.measure ?? '',
    acted: data.acted ?? false,
  });
  return written(subject, [
    language.hello(oneLine(data.recipient_name)),
    ...body,
    ...leading(pageOf(data), links, language),
  ]);
}

/** The code stands behind a `#`, so it reaches no server's log and no `Referer` header. */
const pageOf = ({ invitation_id, code }: z.infer<typeof newsFacts>) =>
  invitation_id && code ? `invitations/${invitation_id}#${code}` : 'notifications';

function languageOf(locale: string): Language {
  const [code = ''] = locale.split('-');
  return (Object.hasOwn(languages, code) ? languages[code] : undefined) ?? english;
}

/** The end of a letter: the page of the frontend it is about, and how to get no more like it. */
const leading = (page: string, { site, unsubscribe }: Links, language: Language) => [
  ...(site === undefined ? [] : [new URL(page, site)]),
  ...(unsubscribe === undefined ? [] : [language.unsubscribe(unsubscribe)]),
];

/** What is an address of ours is a link; words are words, whatever is in them. */
const written = (subject: string, paragraphs: (string | URL)[]): Written => ({
  subject,
  text: `${paragraphs.join('\n\n')}\n`,
  html: `<!doctype html>\n<html><body>\n${
    paragraphs.map((paragraph) => `<p>${inHtml(paragraph)}</p>`).join('\n')
  }\n</body></html>\n`,
});

function inHtml(paragraph: string | URL): string {
  const text = escaped(String(paragraph));
  return paragraph instanceof URL ? `<a href="${text}">${text}</a>` : text;
}

/** An amount in its currency, exact however large: digits are moved, never divided. */
export function money(
  minor: number,
  currency: string,
  exponent: number,
  locale: string,
): string {
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  const fraction = digits.slice(digits.length - exponent);
  const decimal = `${minor < 0 ? '-' : ''}${whole}${exponent > 0 ? `.${fraction}` : ''}`;
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    maximumFractionDigits: exponent,
  }).format(decimal as `${number}`);
}

/** Such as `December 1, 2026` and `1. Dezember 2026`. */
const day = (iso: string, locale: string) => date(iso, locale, {});

/** Such as `December 1, 2026 at 17:22 UTC`; hours are written as those of check-in. */
const instant = (iso: string, locale: string) =>
  `${date(iso, locale, { timeStyle: 'short', hourCycle: 'h23' })} UTC`;

/** A date in the language of the words around it, which need not be that of its reader. */
function date(iso: string, locale: string, time: Intl.DateTimeFormatOptions): string {
  const [code = ''] = locale.split('-');
  const written = new Intl.DateTimeFormat(Object.hasOwn(languages, code) ? locale : 'en', {
    dateStyle: 'long',
    timeZone: 'UTC',
    ...time,
  }).format(new Date(iso));
  // French writes the first of a month as an ordinal, which Intl does not know.
  return code === 'fr' ? written.replace(/^1 /, '1er ') : written;
}

/** A name as one line: a subject with a line break in it would begin another header. */
const oneLine = (text: string) =>
  text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim().slice(0, 200);

const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
