import { count, day, type Facts, name, needed, read, type Said, text } from './facts.ts';
import type { Reader } from './formats.ts';
import { type Code, codeOf, languages, type Words } from './languages.ts';

/** The subject and paragraphs of a letter; empty paragraphs are left out. */
type Told = [subject: string, ...paragraphs: string[]];

/** A letter in every language. */
type Texts<All> = Record<Code, (said: All, words: Words) => Told>;

export interface Letter {
  about: 'booking' | 'conversation' | 'news';
  /** The side of its booking that reads it. */
  to?: 'guest' | 'host';
  /** Its facts in addition to those of all letters of its kind, by the keys of the database. */
  facts: string[];
  /** Throws `Impossible` for missing or invalid facts. */
  write(told: Record<string, unknown>, locale: string): Draft;
}

export interface Draft {
  subject: string;
  paragraphs: string[];
  /** The page of the frontend it links to. */
  page: string;
}

const readerOf = ({ currency, exponent }: Record<string, unknown>, locale: string): Reader => ({
  locale,
  currency: typeof currency === 'string' ? currency : undefined,
  exponent: typeof exponent === 'number' ? exponent : 2,
});

const placeOf = (home: { listing_title: string; city: string }) =>
  [home.listing_title, home.city].filter(Boolean).join(', ');

const stay = {
  booking_id: needed(text),
  listing_title: needed(name),
  city: needed(name),
  check_in: needed(day),
  check_out: needed(day),
  guests: needed(count),
  guest_name: needed(name),
  host_name: needed(name),
};

/** A letter about a booking, to one of its sides; `stay` is the home, the dates and the number of guests. */
export function bookingLetter<Own extends Facts = Record<never, never>>(
  { to, facts }: { to: 'guest' | 'host'; facts?: Own },
  texts: Texts<Said<typeof stay> & Said<Own> & { stay: string[]; other_name: string }>,
): Letter {
  const own = facts ?? {} as Own;
  return {
    about: 'booking',
    to,
    facts: Object.keys(own),
    write(told, locale) {
      const reader = readerOf(told, locale);
      const words = languages[codeOf(locale)];
      const facts = read(stay, told, reader);
      const [reads, other] = to === 'guest'
        ? [facts.guest_name, facts.host_name]
        : [facts.host_name, facts.guest_name];
      const [subject, ...paragraphs] = texts[codeOf(locale)]({
        ...facts,
        ...read(own, told, reader),
        other_name: other,
        stay: [placeOf(facts), words.nights(facts)],
      }, words);
      return {
        subject,
        paragraphs: [words.hello(reads), ...paragraphs, words.booking(facts.booking_id)],
        page: `bookings/${facts.booking_id}`,
      };
    },
  };
}

const home = { recipient_name: needed(name), listing_title: name, city: name };

interface NewsOf<Own extends Facts> {
  about?: Letter['about'];
  facts?: Own;
  page?: (said: Said<Own>) => string;
}

/** A letter that is not about a booking; `place` is its home, if it is about one. */
export function newsLetter<Own extends Facts = Record<never, never>>(
  { about = 'news', facts, page = () => 'notifications' }: NewsOf<Own>,
  texts: Texts<Said<typeof home> & Said<Own> & { place: string }>,
): Letter {
  const own = facts ?? {} as Own;
  return {
    about,
    facts: Object.keys(own),
    write(told, locale) {
      const reader = readerOf(told, locale);
      const words = languages[codeOf(locale)];
      const facts = read(home, told, reader);
      const said = read(own, told, reader);
      const [subject, ...paragraphs] = texts[codeOf(locale)](
        { ...facts, ...said, place: placeOf(facts) },
        words,
      );
      return {
        subject,
        paragraphs: [words.hello(facts.recipient_name), ...paragraphs],
        page: page(said),
      };
    },
  };
}
