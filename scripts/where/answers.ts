import { globSync } from 'node:fs';
import { projectDirectory } from '../../local/paths.ts';
import { chapterPlaces, nameOfChapter } from './chapters.ts';
import { codePlaces } from './codes.ts';
import { columnPlaces, namesOfColumn } from './columns.ts';
import { fromDocuments } from './documents.ts';
import { eventPlaces } from './events.ts';
import {
  chapterPaths,
  type Definition,
  definitions,
  linesOf,
  notes,
} from '../shared/definitions.ts';
import type { Answer, Place } from './place.ts';
import { meantIn, type Question } from './question.ts';
import { settingPlaces } from './settings.ts';

let places: Place[] | undefined;

/** Everything that can be an answer, read once. */
function allPlaces(): Place[] {
  const known = definitions();
  const settings = settingPlaces(known);
  return [
    ...fromPromises(known, settings),
    ...chapterPlaces(known),
    ...fromChapters(known),
    ...fromNotes(),
    ...fromPrograms(),
    ...fromLetters(),
    ...fromDocuments(known),
    ...codePlaces(),
    ...columnPlaces(known),
    ...settings,
    ...eventPlaces(),
  ];
}

/** The answers, the best first. */
export function answersTo(question: Question): Answer[] {
  places ??= allPlaces();
  const rated = places.map((place) => ({ place, ...rate(place, question) }));
  // Of several words one may be another than the one used here, but not two.
  // What is meant by its own words hides nothing.
  const most = Math.max(0, ...rated.map(({ literal }) => literal));
  const weight = (answer: { matched: number; score: number }) => 6 * answer.matched + answer.score;
  return rated.filter(({ matched, score }) => score > 0 && matched >= most - 1)
    .sort((one, other) => weight(other) - weight(one))
    .map(({ place, score }, at) => ({
      kind: place.kind,
      name: place.name,
      path: place.path,
      line: place.line,
      callers: place.callers ?? [],
      policies: place.policies ?? [],
      says: [...place.says, ...(at < 10 ? place.more?.(question.words) ?? [] : [])],
      score,
    }));
}

/** The tables of ARCHITECTURE.md that say where each promise is kept, row by row, with the places of the names. */
function fromPromises(known: Definition[], settings: Place[]): Place[] {
  const path = 'ARCHITECTURE.md';
  const lines = linesOf(path);
  const first = lines.indexOf('| promise | kept by | chapters |');
  const named = [
    ...known.map((one) => isJob(one) ? { ...one, kind: 'job' } : one),
    ...settings,
  ];
  return lines.flatMap((text, at): Place[] => {
    const [, name, says] = /^\| ([^|]+?) \| ([^|]+?) \| [^|]*\|$/.exec(text) ?? [];
    if (at <= first || name === undefined || says === undefined) return [];
    if (name === 'promise' || name === '---') return [];
    const places = [...says.matchAll(/[`"]([\w. ]+)[`"]/g)].flatMap(([, words]) =>
      named.filter((one) => one.name === words)
        .map(({ kind, name, path, line }) => `${path}:${line}  ${kind} ${name}`)
    );
    return [{ kind: 'promise', name, path, line: at + 1, says: [says, ...places], about: '' }];
  });
}

const isJob = ({ comments }: Pick<Definition, 'comments'>) =>
  comments[0]?.startsWith('Job:') === true;

/** What the chapters create. A function whose comment begins with `Job:` has a row in private.jobs. */
function fromChapters(known: Definition[]): Place[] {
  const policies = Map.groupBy(known.filter(({ kind }) => kind === 'policy'), ({ on }) => on);
  const jobs = rowsOf('private.jobs', /^\s+\(\s*\d+, '(\w+)',\s+\d+,\s+\d+, '([\w ]+)'/);
  return known.map(({ kind, name, on, path, line, remark, comments, callers }) => {
    const row = isJob({ comments }) ? jobs.get(name.replace(/^\w+\./, '')) : undefined;
    return {
      kind: row === undefined ? kind : 'job',
      name,
      path,
      line,
      says: [
        ...(comments.length > 0 ? comments : remark === '' ? [] : [remark]),
        ...(row === undefined ? [] : [row.place]),
      ],
      ...(row?.rhythm === undefined ? {} : { more: rhythmOf(row.rhythm) }),
      ...(kind === 'table' ? { policies: policies.get(name) ?? [] } : {}),
      about: on ?? '',
      callers,
    };
  });
}

interface Row {
  place: string;
  /** The second thing that was looked for. */
  rhythm: string | undefined;
}

/** By its name, the place of each row that the chapters insert into a table. */
function rowsOf(table: string, row: RegExp): Map<string, Row> {
  return new Map(
    chapterPaths().flatMap((path) => {
      let isInside = false;
      return linesOf(path).flatMap((line, at): [string, Row][] => {
        if (line.startsWith(`insert into ${table} `)) isInside = true;
        const [, name, rhythm] = isInside ? row.exec(line) ?? [] : [];
        if (line.endsWith(';')) isInside = false;
        const place = `${path}:${at + 1}  its row in ${table}`;
        return name === undefined ? [] : [[name, { place, rhythm }]];
      });
    }),
  );
}

function fromNotes(): Place[] {
  // The first is of its chapter.
  return notes().filter(({ line }) => line > 1).map(({ name, path, line, text }) => ({
    kind: 'note',
    name,
    path,
    line,
    says: [text],
    about: '',
  }));
}

/** The text of each e-mail, in all languages in one file. */
function fromLetters(): Place[] {
  const folder = 'supabase/functions/run-commands/letters';
  const kinds = rowsOf('private.letter_kinds', /^\s+\('(\w+)'/);
  return globSync(`${folder}/*.ts`, { cwd: projectDirectory }).sort().flatMap((path) => {
    const lines = linesOf(path);
    const english = lines.findIndex((line) => line.trimStart().startsWith('en: '));
    const text = lines.slice(english + 1, english + 6).join(' ');
    return lines.flatMap((line, at): Place[] => {
      const [, name] = /^export const (\w+) =/.exec(line) ?? [];
      const row = name === undefined ? undefined : kinds.get(name);
      if (name === undefined || row === undefined) return [];
      return [{
        kind: 'e-mail',
        name,
        path,
        line: at + 1,
        says: [row.place],
        about: `text of the e-mail that tells, in English, German, French and Spanish: ${text}`,
      }];
    });
  });
}

/** What the edge functions, the local stack and the scripts export, with the comment above it. */
function fromPrograms(): Place[] {
  const paths = globSync(['supabase/functions/**/*.ts', 'local/**/*.ts', 'scripts/**/*.ts'], {
    cwd: projectDirectory,
    exclude: ['supabase/functions/graphql/schema.*', 'supabase/functions/run-commands/letters/*'],
  }).sort();
  return paths.flatMap((path) => {
    const lines = linesOf(path);
    return lines.flatMap((line, at): Place[] => {
      const [, name] =
        /^export (?:async )?(?:const|function|class|interface|type) (\w+)/.exec(line) ?? [];
      if (name === undefined) return [];
      let first = at;
      while (/^( \*|\/\*\*)/.test(lines[first - 1] ?? '')) first -= 1;
      const says = lines.slice(first, at).map((text) => text.replace(/^\/?\s*\*+\/?|\*\/$/g, ''))
        .join(' ').replaceAll(/\s+/g, ' ').trim();
      return [{ kind: 'export', name, path, line: at + 1, says: says ? [says] : [], about: '' }];
    });
  });
}

/** What kind of answer is worth how much when two fit equally well. */
const worth: Record<string, number> = {
  // Short, kept by hand, and made to be the answer.
  promise: 14,
  chapter: 2,
  function: 3,
  job: 3,
  table: 3,
  section: 2,
  procedure: 2,
  export: -4,
  policy: 1,
};

/** Where a word is found: in the name it counts most. Of a long list only the first lines are its own. */
function rate(place: Place, { phrase, words, kinds, names, adds }: Question) {
  const isAll = (text: string) => new RegExp(`^(?:${phrase.source})$`, 'i').test(text);
  // The words that a code is made of say nothing of it: it is asked for by its name.
  const isNamed = names.includes(place.name) || isAll(place.name);
  if (place.kind === 'column') {
    // One word, such as `status`, is not asked for as the name of sixteen columns.
    const score = namesOfColumn(place.name).some((one) => /_|\./.test(one) && isAll(one)) ? 120 : 0;
    return { matched: score > 0 ? words.length : 0, literal: 0, score };
  }
  if (['code', 'row'].includes(place.kind) && !isNamed) return { matched: 0, literal: 0, score: 0 };
  const spoken = place.name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replaceAll('_', ' ');
  const says = place.says.join(' ').replaceAll('_', ' ');
  const about = place.about.replaceAll('_', ' ');
  const folder = place.path.replace(/^\S*\/\d*_?/, (start) => start.replaceAll(/[\d_]+/g, ' '));
  let matched = 0;
  let score = 0;
  for (const word of words) {
    const points = (word.test(spoken) || word.test(place.name) ? 5 : 0) +
      (place.kind !== 'change' && word.test(says) ? 2 : 0) +
      (word.test(about) ? (['section', 'runbook'].includes(place.kind) ? 1 : 3) : 0) +
      (word.test(folder.replaceAll('_', ' ')) ? 2 : 0);
    if (points > 0) matched += 1;
    score += points;
  }
  const literal = matched;
  if (matched === 0) return { matched, literal, score: 0 };
  if (['promise', 'runbook'].includes(place.kind) && adds === undefined) {
    const own = meantIn(place.name);
    const asked = own.filter((one) => words.some((word) => word.test(one))).length;
    // Of a long question many words are by the way; what has most of its own words asked for is meant.
    if (matched < words.length && asked > own.length / 2) {
      matched = Math.min(words.length, matched + 2);
    }
    if (asked > 0 && asked === own.length) score += 3;
  }
  // Whatever else the thing is to do, the walk-through that adds such a thing is the answer.
  if (place.kind === 'section' && /^(?:Add|A new) /.test(place.name) && adds?.test(place.name)) {
    matched = words.length;
    // One for a special case (`Add a verb for staff`) comes after the usual one unless that was asked for.
    const special = meantIn(place.name).filter((one) =>
      !adds.test(one) && !words.some((word) => word.test(one))
    );
    score += 15 - 4 * special.length;
  }
  const share = (text: string) => {
    const parts = text.replace(/^(public|private)\./, '').split(/[\s:._]+/);
    return parts.filter((part) => words.some((word) => word.test(part))).length / parts.length;
  };
  score += 3 * Math.max(share(spoken), place.kind === 'policy' ? share(place.about) : 0);
  const bare = place.name.replace(/^\w+\./, '');
  // A rule is named after its question (refund_tiers), a deed begins with a verb (claim_refund).
  if (place.kind !== 'section' && words.some((word) => bare.search(word) === 0)) score += 2;
  if (phrase.test(place.name)) score += 4;
  if (place.kind === 'chapter') {
    // Its whole name, the file's, or without that of its part.
    const { names: own } = nameOfChapter(place.path);
    if (own.some(isAll)) score += 40;
  } else if (isAll(bare)) score += place.kind === 'export' ? 2 : 20;
  // What is named with its schema is meant exactly.
  if (names.includes(place.name)) score += 20;
  else if (names.includes(bare)) score += 10;
  if (place.says.some((text) => phrase.test(text))) score += 2;
  if (/^Rule: /.test(place.says[0] ?? '')) score += 3;
  // A runbook has the name of an alert, which is no word of a question. Few are jobs, of which rows tell too.
  const asked = kinds.filter((kind) => kind === place.kind).length;
  if (asked > 0) score += { runbook: 20, job: 14 }[place.kind] ?? 8 * asked;
  else if (place.kind === 'change') score -= 4;
  return { matched, literal, score: score + (worth[place.kind] ?? 0) };
}

/** As in "runs every 5 seconds": what pg_cron starts has a minute at least. */
const rhythmOf = (rhythm: string) => () => [
  `runs every ${rhythm}${/second/.test(rhythm) ? ', where pg_cron starts it every minute' : ''}`,
];
