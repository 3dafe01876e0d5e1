import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inProject } from '../../local/paths.ts';
import { exampleLetter, languageNames, letterNames, letterRoutes } from '../../local/letters.ts';
import { asPostgres } from '../support/stack.ts';

test('every kind of e-mail is on the list, and nothing else', async () => {
  const kinds = await asPostgres<{ template: string }>('select template from private.letter_kinds');
  expect(kinds.length).toBeGreaterThan(60);
  expect(letterNames.toSorted()).toEqual(kinds.map(({ template }) => template).toSorted());
});

test('every e-mail exists in every language, with all facts of its example', async () => {
  expect(languageNames).toHaveLength(4);
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
    // Four languages: no letter was left in English.
    expect(new Set(subjects).size, `${template}: ${subjects.join(' | ')}`).toBe(4);
    const shown = await (await letterRoutes().request(`/${template}`)).text();
    expect(shown.match(/<iframe /g)).toHaveLength(4);
  }
});

test('every fact in an e-mail about a booking is in the example', () => {
  const facts = readFileSync(
    inProject('supabase', 'functions', 'run-commands', 'letters', 'facts.ts'),
    'utf8',
  );
  const [about = ''] = /bookingFacts = z\.object\(\{[^]*?\n\}\)/.exec(facts) ?? [];
  const example = readFileSync(inProject('local', 'letters.ts'), 'utf8');
  // What would contradict the rest: charged later, already refunded, still owed, a penalty.
  const without = ['later_minor', 'back_before_minor', 'owed_minor', 'left_minor', 'penalty_minor'];
  for (const [, name = ''] of about.matchAll(/^ {2}(\w+): z/gm)) {
    if (!without.includes(name)) expect(example, name).toContain(name);
  }
});

test('an unknown e-mail is not found', async () => {
  expect((await letterRoutes().request('/toString')).status).toBe(404);
});
