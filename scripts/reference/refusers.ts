import type pg from 'pg';
import { globSync, readFileSync } from 'node:fs';
import { inProject } from '../../local/paths.ts';
import { chapterLinks } from '../shared/chapter-links.ts';
import { reachedFrom, readRoutines, type Routine } from '../shared/routines.ts';
import { withoutCaught } from './caught.ts';
import { readCatalog, type Refusal, type Verb } from './catalog.ts';
import { codesOfFunctions } from './functions.ts';
import { codesIn, codesOfEveryVerb } from './refusals.ts';
import { isForStaff } from './verbs.ts';

/** Who answers with each code and which rule decides that, as Markdown, and the links of both. */
export async function readRefusers(client: pg.Client) {
  const catalog = await readCatalog(client);
  const routines = await readRoutines(client);
  const deciders = decidersOf(catalog.refusals, routines);
  const chapters = chapterLinks();
  const files = saidInFunctions(catalog.refusals);
  const spoken = catalog.verbs.map((verb) => ({
    verb,
    codes: codesIn(verb.comment, catalog).map(({ code }) => code),
  }));
  const described = codesOfFunctions(catalog);
  const beforeAll = reachedFrom('gate.check_request', routines);
  const refusers = new Map(catalog.refusals.map(({ code }) => {
    const decided = deciders.get(code) ?? [];
    const said = files.get(code) ?? [];
    const verbs = spoken.filter(({ codes }) => codes.includes(code)).map(({ verb }) => verb);
    const functions = described.filter(({ codes }) => codes.includes(code)).map(({ name }) => name);
    // What no comment names may come from whoever gets to where it is decided.
    const isOfAll = verbs.length === 0 && decided.some((one) => beforeAll.includes(one));
    const told = verbs.length > 0 || decided.length === 0
      ? verbs
      : catalog.verbs.filter(({ name }) =>
        reachedFrom(`public.${name}`, routines).some((one) => decided.includes(one))
      );
    const answeredBy = [
      codesOfEveryVerb.includes(code)
        ? ['every verb that changes something', verbsInWords(told.filter(({ reads }) => reads), [])]
          .filter(Boolean).join(', ')
        : isOfAll
        ? 'every request'
        : verbsInWords(told, catalog.verbs),
      functionsInWords(functions, said),
      writesOf(decided),
    ].filter(Boolean).join(', ');
    const decidedBy = [
      ...chapters.of(decided.map(({ name }) => name)),
      ...said.map((path) => `[${path.replace(`${functionsFolder}/`, '')}](../${path})`),
    ].join(', ');
    return [code, { answeredBy, decidedBy }] as const;
  }));
  return { refusers, links: chapters.definitions() };
}

const functionsFolder = 'supabase/functions';

/** The files of the edge functions that say a code which they refuse with. */
function saidInFunctions(refusals: Refusal[]): Map<string, string[]> {
  const texts = globSync(`${functionsFolder}/**/*.ts`, { cwd: inProject() }).sort()
    .filter((path) => !/_shared\/(refusals|verbs)\.ts$/.test(path))
    .map((path) => ({ path, text: readFileSync(inProject(path), 'utf8') }));
  return new Map(
    refusals.filter(({ raised_by }) => raised_by === 'functions' || raised_by === 'both')
      .map(({ code }) => [
        code,
        texts.filter(({ text }) => text.includes(`'${code}'`)).map(({ path }) => path),
      ]),
  );
}

/** Those that the reference names, or else those in whose folder it is said. */
function functionsInWords(named: string[], said: string[]): string {
  const folders = said.map((path) => path.split('/')[2] ?? '');
  const names = [...new Set(named.length > 0 ? named : folders)];
  if (names.includes('_shared')) return 'edge functions';
  const functions = names.map((name) => `\`${name}\``).join(', ');
  return names.length === 0 ? '' : `function${names.length === 1 ? '' : 's'} ${functions}`;
}

function verbsInWords(verbs: Verb[], all: Verb[]): string {
  const staff = all.filter(isForStaff);
  const isEveryOfStaff = staff.length > 0 && staff.every((verb) => verbs.includes(verb));
  return [
    ...(isEveryOfStaff ? ['every verb of staff'] : []),
    ...verbs.filter((verb) => !isEveryOfStaff || !isForStaff(verb))
      .map(({ name }) => `\`${name}\``),
  ].join(', ');
}

/** Triggers refuse whoever writes the table: a verb, a job or a client. */
function writesOf(decided: Routine[]): string {
  const tables = [...new Set(decided.flatMap(({ triggersOf }) => triggersOf))].sort();
  return tables.length === 0
    ? ''
    : `writing ${tables.map((table) => `\`${table.replace(/^public\./, '')}\``).join(', ')}`;
}

/**
 * The functions that decide about each code: they hand it to `private.refuse`, raise it themselves, or
 * answer with it, as `private.stay_problem` does, so that another refuses. Who catches its own refusal
 * decides nothing.
 */
function decidersOf(refusals: Refusal[], routines: Map<string, Routine>): Map<string, Routine[]> {
  const found = new Map<string, Routine[]>(refusals.map(({ code }) => [code, []]));
  const statusOf = new Map(refusals.map(({ code, status }) => [code, status]));
  for (const routine of routines.values()) {
    const body = withoutCaught(routine.body, statusOf);
    for (const code of new Set(codesSaidIn({ ...routine, body }))) found.get(code)?.push(routine);
  }
  return found;
}

function codesSaidIn({ name, body, returns }: Routine): string[] {
  const refused = [...body.matchAll(/\bprivate\.refuse\s*\(/g)].flatMap(({ index, 0: call }) =>
    [...firstArgument(body, index + call.length).matchAll(/(?:^|\bthen |\belse )'([a-z_]+)'/g)]
      .map(([, code = '']) => code)
  );
  const raised = [...body.matchAll(/\braise exception '([a-z_]+)'/g)].map(([, code = '']) => code);
  const answered = returns === 'text' && /problem|refus|reason/.test(name)
    ? [...body.matchAll(/\b(?:then|else|return|select|coalesce\()\s*'([a-z_]+)'/g)].map((
      [, code = ''],
    ) => code)
    : [];
  return [...refused, ...raised, ...answered];
}

/** What stands behind the opening parenthesis of a call, up to the comma or the end. */
function firstArgument(body: string, start: number): string {
  let depth = 0;
  let isQuoted = false;
  for (let at = start; at < body.length; at++) {
    const character = body[at];
    if (character === "'") isQuoted = !isQuoted;
    if (isQuoted) continue;
    if (character === '(') depth++;
    if (depth === 0 && (character === ')' || character === ',')) {
      return body.slice(start, at).trim();
    }
    if (character === ')') depth--;
  }
  return '';
}
