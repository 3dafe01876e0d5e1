import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inProject } from '../../local/paths.ts';
import { exampleLetter, languageNames, letterNames, letterRoutes } from '../../local/letters.ts';
import {
  factsOf,
  sideOf,
  templateNames,
} from '../../supabase/functions/run-commands/writing/letter.ts';
import { asPostgres } from '../support/stack.ts';

interface Kind {
  template: string;
  about: string;
  reader: string | null;
  facts: string[];
}

const kinds = await asPostgres<Kind>(
  'select template, about, reader, facts from private.letter_kinds',
);

/** The function behind what a letter is about, and behind each of the facts in its row. */
const lookedUpBy = ({ about, facts }: Kind): string[] => {
  const news: Record<string, string[]> = {
    conversation: ['message'],
    event: ['calendar'],
    feed: ['calendar'],
    home: ['home'],
    invitation: ['invitation'],
    notice: ['case'],
    offer: ['offer'],
    person: [],
    report: ['case'],
  };
  return [...news[about] ?? ['mail'], ...facts];
};

/** What each of these functions can tell: the keys in its text. */
const keys = new Map(
  (await asPostgres<{ name: string; text: string }>(
    `select replace(proname, '_facts', '') as name, prosrc as text from pg_proc
     where pronamespace = 'private'::regnamespace and proname like '%\_facts'`,
  )).map(({ name, text }) => [name, [...text.matchAll(/'(\w+)',/g)].map(([, key]) => key ?? '')]),
);

test('every e-mail of the database has a text, and every text has a row in the database', () => {
  expect(kinds.length).toBeGreaterThan(60);
  expect(letterNames.toSorted()).toEqual(kinds.map(({ template }) => template).toSorted());
  const stays = ['booking', 'payment', 'payout', 'refund', 'review'];
  const known = kinds.filter(({ about }) => stays.includes(about)).map(({ template }) => template);
  expect(templateNames.toSorted()).toEqual(known.toSorted());
});

test('an e-mail about a booking greets the side that the database sends it to', () => {
  expect(kinds.map(({ template }) => [template, sideOf(template)]))
    .toEqual(kinds.map(({ template, reader }) => [template, reader]));
});

test('the database looks up exactly the facts that an e-mail uses', () => {
  for (const kind of kinds) {
    const said = factsOf(kind.template);
    const looked = lookedUpBy(kind).flatMap((name) => keys.get(name) ?? []);
    expect(said.filter((fact) => !looked.includes(fact)), kind.template).toEqual([]);
    // Whether a payment is still disputed decides whether there is an e-mail about it at all.
    if (kind.template === 'payment_disputed') continue;
    const idle = kind.facts.filter((name) => !keys.get(name)?.some((fact) => said.includes(fact)));
    expect(idle, kind.template).toEqual([]);
  }
});

test('every e-mail exists in every language, with all facts of its example', async () => {
  expect(languageNames.length).toBeGreaterThan(3);
  const list = await (await letterRoutes().request('/')).text();
  for (const template of letterNames) {
    expect(list).toContain(`/mail/preview/${template}"`);
    const subjects = languageNames.map((language) => {
      const { subject, text, html } = exampleLetter(template, language);
      for (const part of [subject, text, html]) {
        expect(part, `${template} ${language}`).not.toMatch(/undefined|null|NaN|\[object| {2}/);
      }
      expect(text.split('\n\n').length, template).toBeGreaterThan(2);
      return subject;
    });
    // No e-mail was left in English.
    expect(new Set(subjects).size, `${template}: ${subjects.join(' | ')}`).toBe(
      languageNames.length,
    );
    const shown = await (await letterRoutes().request(`/${template}`)).text();
    expect(shown.match(/<iframe /g)).toHaveLength(languageNames.length);
  }
});

test('every fact in an e-mail is in the example', () => {
  const example = readFileSync(inProject('local', 'letters.ts'), 'utf8');
  // What would contradict the rest: charged later, already refunded, still owed, a penalty.
  const without = ['later_minor', 'back_before_minor', 'owed_minor', 'left_minor', 'penalty_minor'];
  for (const name of new Set(letterNames.flatMap(factsOf))) {
    if (!without.includes(name)) expect(example, name).toContain(`${name}: `);
  }
});

test('an unknown e-mail is not found', async () => {
  expect((await letterRoutes().request('/toString')).status).toBe(404);
});
