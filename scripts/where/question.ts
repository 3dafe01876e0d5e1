/** What somebody asks for, as words that a text can be held against. */
export interface Question {
  /** The words as they were written, in a row. */
  phrase: RegExp;
  /** One for each word that means something: it, its forms and what else it is called here. */
  words: RegExp[];
  /** Which kinds of answer the question asks for. */
  kinds: string[];
  /** What is to be added, by whoever asks how something is added. */
  adds?: RegExp;
  /** The words that can only be names of this project: `request_booking`, `private.refuse`. */
  names: string[];
}

/** What means nothing by itself. */
const small = new Set(
  ('a about an and another are as at be by can change create created creates check checked come comes computed calculated cure decide decides decided do does file find for from get gets go goes going has have ' +
    'how i if in long many migration migrations much is it its made may must my new not of on or other out role roles s say says should stand stands take taken takes the their ' +
    'there to too use what where which ' +
    'who whom whose why with work works written').split(' '),
);

/** Words that say what kind of answer is wanted. */
const asking: Record<string, string> = {
  see: 'policy',
  sees: 'policy',
  read: 'policy',
  reads: 'policy',
  allowed: 'policy',
  runs: 'change',
  run: 'change',
  happens: 'change',
  happen: 'change',
  follows: 'change',
  fires: 'change',
  triggers: 'change',
  when: 'change',
  add: 'section',
  added: 'section',
  adding: 'section',
  execute: 'function',
  table: 'table',
  tables: 'table',
  job: 'job',
  jobs: 'job',
  alert: 'runbook',
  alerts: 'runbook',
};

/** What a thing is called here beside its usual name. */
const alike: string[][] = [
  ['stay', 'booking', 'reservation'],
  ['home', 'listing', 'property'],
  ['email', 'e-mail', 'mail', 'letter'],
  ['person', 'people', 'profile', 'user'],
  ['price', 'cost'],
  ['pay', 'paid', 'payout'],
  ['cohost', 'co-host'],
  ['checkin', 'check-in', 'check in', 'arrive', 'arrival'],
  ['checkout', 'check-out', 'check out'],
  ['version', 'upgrade'],
  ['million', '1000000'],
  // Languages that Staybase does not have yet.
  ['language', 'translate', 'translation', 'dutch', 'italian', 'portuguese', 'polish', 'swedish'],
];

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The part that `refunds`, `refunded` and `refunding` have in common. */
const stem = (word: string) => word.replace(/(?<=\w{3})(?:ations?|ings?|ed|es|s|e)$/, '');

/** The word in any of its forms. Of a short stem only endings are: `fee` is no beginning of `feed`. */
const anyForm = (word: string) => {
  // 1000000 is written as 1,000,000 too.
  if (/^\d+$/.test(word)) return word.replaceAll(/(?<=\d)(?=(?:\d{3})+$)/g, ',?');
  const start = stem(word);
  return start.length > 4 ? `${escaped(start)}\\w{0,8}` : `${escaped(start)}(?:ings?|ed|es|e|s)?`;
};

const formsOf = (word: string) => {
  const others = alike.find((row) => row.some((one) => stem(one) === stem(word))) ?? [word];
  return new RegExp(`(?<![a-z])(?:${others.map(anyForm).join('|')})(?![a-z])`, 'i');
};

const wordsOf = (text: string): string[] =>
  text.toLowerCase().replaceAll(/\b(e|co)-(?=\w)|\b(check)-(?=in\b|out\b)/g, '$1$2')
    .replaceAll(/(?<=\d),(?=\d{3}\b)/g, '').split(/[^a-z0-9]+/).filter(Boolean);

/** The words of a text that mean something. */
export const meantIn = (text: string): string[] =>
  wordsOf(text).filter((word) => !small.has(word) && !Object.hasOwn(asking, word));

/** What is to be added: a verb, by `add a verb`, `where is a verb added`, `a new verb` and `another verb`. */
const addedIn = (text: string): string | undefined => {
  if (/\b(?:translate|dutch|italian|portuguese|polish|swedish)\b/.test(text)) return 'language';
  return [
    /\badd (?:an? |another )?(?:new )?([a-z-]+)/,
    /\ban? (?:new )?([a-z-]+) added\b/,
    /^(?:an? )?new ([a-z-]+)/,
    /\banother ([a-z-]+)/,
    /^an? ([a-z-]+) that /,
  ].flatMap((pattern) => pattern.exec(text)?.[1] ?? [])[0];
};

export function ask(text: string): Question {
  const plain = text.replace(/[?!."]+$/, '').trim();
  const all = wordsOf(plain);
  const meant = meantIn(plain);
  const added = addedIn(plain.toLowerCase());
  return {
    ...(added === undefined ? {} : { adds: formsOf(added.replaceAll('-', '')) }),
    phrase: new RegExp(escaped(plain).replaceAll(/[ _]+/g, '[ _]'), 'i'),
    words: [...new Set(meant.length > 0 ? meant : all)].map(formsOf),
    kinds: [
      ...all.flatMap((word) => asking[word] ?? []),
      // Documents say how one does something.
      ...(/^how (?:do i|can i|to) /i.test(plain) ? ['section'] : []),
    ],
    names: plain.match(/\b[a-z]+(?:[._][a-z]+)+\b/g) ?? [],
  };
}
