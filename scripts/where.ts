/**
 * npm run where refund
 * npm run where who may see a message
 * npm run where money_transfers
 *
 * Where the answer to a question is: what the migrations define under its words or say about them, what
 * the programs export, the sections of the documents and the rows that explain a code, with file and line; the
 * tests that name each; and the tests whose titles speak of it. `npm run where -- --all refund` prints all of it, not the best alone.
 */
import { globSync } from 'node:fs';
import { endWithUsage, readCommandLine } from '../local/command-line.ts';
import { projectDirectory } from '../local/paths.ts';
import { chapterPaths, linesOf } from './shared/definitions.ts';
import { answersTo } from './where/answers.ts';
import { nameOfChapter } from './where/chapters.ts';
import { namesOfColumn } from './where/columns.ts';
import type { Answer } from './where/place.ts';
import { ask } from './where/question.ts';

/** Lines of the migrations that say this code: where an error is raised, a row of a vocabulary written. */
function linesThatSay(code: string): string[] {
  return chapterPaths().flatMap((path) =>
    linesOf(path).flatMap((line, at) =>
      line.includes(`'${code}'`) ? [`${path}:${at + 1}  ${line.trim()}`] : []
    )
  );
}

/** The triggers that run a function: the table and where it says so. */
function triggersOf(name: string): string[] {
  return chapterPaths().flatMap((path) =>
    linesOf(path).flatMap((line, at, lines) => {
      if (!line.includes(`execute function ${name}(`)) return [];
      const before = lines.slice(Math.max(0, at - 5), at + 1).join(' ');
      const table = [...before.matchAll(/\bon (\w+\.\w+)/g)].at(-1)?.[1];
      return table === undefined ? [] : [`${table} (${path}:${at + 1})`];
    })
  );
}

/** The tests line by line, without their helpers and without that of this command, which names much. */
const tests = globSync('tests/**/*{.test.ts,_test.ts,.test.sql}', {
  cwd: projectDirectory,
  exclude: ['tests/stack/where.test.ts'],
}).sort().map((path) => ({ path, lines: linesOf(path) }));

/** The first mention in each file. */
function mentions(name: string): string[] {
  const word = new RegExp(`(?<!\\w)${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?!\\w)`);
  return tests.flatMap(({ path, lines }) => {
    const at = lines.findIndex((line) => line.includes(name) && word.test(line));
    return at < 0 ? [] : [`${path}:${at + 1}`];
  });
}

const usage = `Finds a rule, its file and its tests.

  npm run where QUESTION            such as refund, quote_stay, or who may see a message
  npm run where CHAPTER             such as payouts: what is tested, guarded and written of it
  npm run where -- --all QUESTION   all of what is found, not the best alone`;

const { values: flags, positionals } = readCommandLine(usage, {
  allowPositionals: true,
  options: { all: { type: 'boolean', default: false } },
});
const all = flags.all === true;
const text = positionals.join(' ').trim();
if (text === '') endWithUsage(usage, 'Name something to look for.');

/** The first few, with a word on how many more there are. */
function few(lines: string[], count: number): string[] {
  const more = lines.length - count;
  return all || more <= 0 ? lines : [...lines.slice(0, count), `... and ${more} more`];
}

/** What a policy is for, and where it stands. */
function inALine({ name, path, line }: Pick<Answer, 'name' | 'path' | 'line'>): string {
  const [, command = 'all'] =
    / for (\w+) /.exec(linesOf(path).slice(line - 1, line + 2).join(' ')) ??
      [];
  return `${command}: ${name} (${path}:${line})`;
}

const question = ask(text);
const answers = answersTo(question);
const said = linesThatSay(text);
const printSaid = () => {
  if (said.length > 0) console.log(`\nLines that say it\n${few(said, 12).join('\n')}`);
};
// Of a code they are the answer.
const isCode = text.includes('_');

/** What has this very name, a verb and its rule or a table and a chapter: then nothing else was meant. */
const exact = answers.filter(({ kind, name, path }) =>
  kind === 'chapter'
    ? nameOfChapter(path).names.includes(text)
    : kind === 'column'
    ? /[_.]/.test(text) && namesOfColumn(name).includes(text)
    // A row called `house` is not all that speaks of houses.
    : kind !== 'change' && (isCode || !['code', 'row'].includes(kind)) &&
      [name, name.replace(/^(?:public|private)\./, '')].includes(text)
);
/** Kinds of which every line is an answer. */
const ownSays = [
  'change',
  'promise',
  'chapter',
  'job',
  'e-mail',
  'section',
  'runbook',
  'code',
  'row',
  'setting',
  'column',
  'event',
];
// A setting and a column say themselves what they are.
const saysItself = ['setting', 'column'].includes(exact[0]?.kind ?? '');
if (isCode && !saysItself) {
  printSaid();
  const expected = said.length > 0 ? mentions(text) : [];
  if (expected.length > 0) console.log(`\nTests that name it\n${few(expected, 8).join('\n')}`);
}

const shown = all ? answers : (exact.length > 0 ? exact : answers).slice(0, 10);

for (const { kind, name, path, line, says, callers, policies } of shown) {
  console.log(`\n${path}:${line}  ${kind} ${name}`);
  const told = says.filter((one, at) =>
    at === 0 || ownSays.includes(kind) ||
    question.words.some((word) => word.test(one))
  );
  for (const one of few(told, ownSays.includes(kind) ? 20 : 3)) {
    console.log(`    ${one}`);
  }
  if (['function', 'job', 'procedure'].includes(kind)) {
    const granted = callers.map((one) => `${one.role} (${one.path}:${one.line})`);
    console.log(
      `    callers: ${
        granted.length > 0 ? granted.join(', ') : 'no role, only other functions and triggers'
      }`,
    );
    const triggers = triggersOf(name);
    if (triggers.length > 0) console.log(`    triggers: ${few(triggers, 6).join(', ')}`);
  }
  if (policies.length > 0) {
    console.log('    policies:');
    for (const one of few(policies.map(inALine), 8)) console.log(`      ${one}`);
  }
  if (
    ['promise', 'chapter', 'section', 'runbook', 'note', 'change', 'export', 'code', 'row']
      .includes(kind)
  ) {
    continue;
  }
  const named = mentions(
    name.includes(' ') || kind === 'event'
      ? name
      : name.replace(kind === 'column' ? /^.*\./ : /^\w+\./, ''),
  );
  if (named.length > 0) console.log(`    tests: ${few(named, 4).join(', ')}`);
}
if (exact.length > 0 && !all) {
  console.log(`\nAll that speaks of it: npm run where -- --all ${text}`);
} else if (answers.length > shown.length) {
  console.log(`\n... and ${answers.length - shown.length} more: npm run where -- --all ${text}`);
}

if (!isCode || saysItself) printSaid();

const titles = tests.flatMap(({ path, lines }) =>
  lines.flatMap((line, at) => {
    const title = /^\s*(?:test|it|Deno\.test)(?:\.\w+(?:\(.*\))?)?\(\s*(['"`].*)/.exec(line)?.[1];
    return title !== undefined && question.words.every((word) => word.test(title))
      ? [`${path}:${at + 1}  ${line.trim()}`]
      : [];
  })
);
if (titles.length > 0 && (all || exact.length === 0)) {
  console.log(`\nTests that speak of it\n${few(titles, 8).join('\n')}`);
}

if (answers.length + said.length + titles.length === 0) {
  console.log(`No rule and no test speaks of "${text}".`);
  process.exitCode = 1;
}
