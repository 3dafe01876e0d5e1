/**
 * npm run where refund: the rules a word stands for. What the migrations define under it or say
 * about it, with file and line, the tests that name each, and the tests whose titles speak of it.
 */
import { globSync, readFileSync } from 'node:fs';
import { inProject, projectDirectory } from '../local/paths.ts';

interface Definition {
  kind: string;
  name: string;
  place: string;
  /** Its own comment, and those of its columns with their names before them. */
  comments: string[];
}

const linesOf = (path: string) => readFileSync(inProject(path), 'utf8').split('\n');

/** Everything the migrations create by name, with the comment it was given. */
function definitions(): Definition[] {
  const found: Definition[] = [];
  for (const path of globSync('supabase/migrations/*.sql', { cwd: projectDirectory }).sort()) {
    const lines = linesOf(path);
    for (const [at, line] of lines.entries()) {
      const [, kind, name] =
        /^create (?:or replace )?(?:constraint )?(function|table|type|trigger|policy) (?:if not exists )?("[^"]+"|[\w.]+)/
          .exec(line) ?? /^\s+(constraint) (\w+)/.exec(line) ?? [];
      if (kind !== undefined && name !== undefined) {
        found.push({
          kind,
          name: name.replaceAll('"', ''),
          place: `${path}:${at + 1}`,
          comments: [],
        });
      }
    }
    for (
      const [, about, text] of lines.join('\n').matchAll(
        /^comment on (?:function|table|column|constraint|type) ([\w.]+).*? is\s+((?:'(?:[^']|'')*'\s*)+);/gms,
      )
    ) {
      // A long comment is several strings, one below the other.
      const plain = text?.replace(/'\s*\n\s*'/g, '').slice(1, -1).replaceAll(`''`, `'`) ?? '';
      for (const { name, comments } of found) {
        if (about === name) comments.unshift(plain);
        else if (about?.startsWith(`${name}.`)) {
          comments.push(`${about.slice(name.length + 1)}: ${plain}`);
        }
      }
    }
  }
  return found;
}

/** Lines of the migrations that say this code: where an error is raised, a row of a vocabulary written. */
function linesThatSay(code: string): string[] {
  return globSync('supabase/migrations/*.sql', { cwd: projectDirectory }).sort().flatMap((path) =>
    linesOf(path).flatMap((line, at) =>
      line.includes(`'${code}'`) ? [`${path}:${at + 1}  ${line.trim()}`] : []
    )
  );
}

/** Lines of tests, the helpers left out. */
function testLines(): { place: string; line: string }[] {
  return globSync('tests/**/*{.test.ts,_test.ts,.test.sql}', { cwd: projectDirectory }).sort()
    .flatMap((path) => linesOf(path).map((line, at) => ({ place: `${path}:${at + 1}`, line })));
}

/** The first mention in each file. */
function mentions(tests: { place: string; line: string }[], word: RegExp): string[] {
  const files = new Map<string, string>();
  for (const { place, line } of tests) {
    const file = place.slice(0, place.lastIndexOf(':'));
    if (!files.has(file) && word.test(line)) files.set(file, place);
  }
  return [...files.values()];
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const word = process.argv.slice(2).join(' ').trim();
if (word === '') {
  console.error('Say what to look for: npm run where refund');
  process.exit(1);
}

const pattern = new RegExp(escaped(word).replaceAll(/[ _]+/g, '[ _]'), 'i');
const tests = testLines();
const rules = definitions()
  .filter(({ name, comments }) => [name, ...comments].some((text) => pattern.test(text)))
  // What is named after the word comes before what only speaks of it.
  .sort((one, other) => Number(pattern.test(other.name)) - Number(pattern.test(one.name)));
const titles = tests.filter(({ line }) =>
  pattern.test(
    /^\s*(?:test|it|Deno\.test)(?:\.\w+(?:\(.*\))?)?\(\s*(['"`].*)/.exec(line)?.[1] ?? '',
  )
);

for (const { kind, name, place, comments } of rules) {
  console.log(`\n${place}  ${kind} ${name}`);
  for (const [at, comment] of comments.entries()) {
    if (at === 0 || pattern.test(comment)) console.log(`    ${comment}`);
  }
  const bare = name.includes(' ') ? name : name.replace(/^\w+\./, '');
  const named = mentions(tests, new RegExp(`(?<![\\w])${escaped(bare)}(?![\\w])`));
  if (named.length > 0) console.log(`    tests: ${named.join(', ')}`);
}
const said = linesThatSay(word);
if (said.length > 0) console.log(`\nLines that say it\n${said.join('\n')}`);
if (titles.length > 0) {
  console.log(`\nTests that speak of it`);
  for (const { place, line } of titles) console.log(`${place}  ${line.trim()}`);
}
if (rules.length + said.length + titles.length === 0) {
  console.log(`No rule and no test speaks of "${word}".`);
  process.exitCode = 1;
}
