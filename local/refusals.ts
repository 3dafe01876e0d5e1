import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { inProject } from './paths.ts';
import { readRefusers } from '../scripts/reference/refusers.ts';

interface Refusal {
  code: string;
  topic: string;
  status: number;
  raised_by: 'database' | 'functions' | 'both' | 'client';
  detail: string;
}

const marker = '<!-- Generated from the migrations by npm run types; the text above is not. -->\n';

/** What is generated from the rows of private.refusals: the vocabulary for clients, functions and readers. */
export async function refusalFiles(client: pg.Client): Promise<Record<string, string>> {
  const { rows } = await client.query<Refusal>(
    'select code, topic, status, raised_by, detail from private.refusals order by position',
  );
  const { refusers, links } = await readRefusers(client);
  const raised = rows.filter(({ raised_by }) => raised_by === 'functions' || raised_by === 'both');
  return {
    'types/codes.ts': `
      /**
       * The codes of refusals.ts alone: a frontend needs them to tell its own errors from others, and the
       * sentences are five times as long. In the order of the alphabet they are packed best.
       */
      export const errorCodes = ${JSON.stringify(rows.map(({ code }) => code).sort())} as const;

      export type ErrorCode = (typeof errorCodes)[number];`,
    'types/refusals.ts': `
      import type { ErrorCode } from './codes.ts';

      /**
       * Every way in which Staybase says no: the code, the HTTP status it comes with (0 when there was no
       * answer at all) and what it means. A code, once here, keeps its meaning.
       */
      export const errors = {${byTopic(rows, (topic) => `\n// ${topic}\n`, line)}
      } as const satisfies Record<ErrorCode, readonly [status: number, meaning: string]>;`,
    'supabase/functions/_shared/refusals.ts': `
      /** What edge functions themselves refuse or fail with: code, HTTP status, a sentence for people. */
      export const refusals = {${raised.map(line).join('\n')}
      } as const satisfies Record<string, readonly [status: number, detail: string]>;`,
    'docs/errors.md': [
      readFileSync(inProject('docs', 'errors.md'), 'utf8').split(marker, 1)[0],
      marker,
      byTopic(
        rows,
        (topic) =>
          `\n## ${topic}\n\n| code | status | meaning | answered by | decided by |\n${
            '| --- '.repeat(5)
          }|\n`,
        ({ code, status, detail }) => {
          const { answeredBy = '', decidedBy = '' } = refusers.get(code) ?? {};
          return `| \`${code}\` | ${status || ''} | ${detail} | ${answeredBy} | ${decidedBy} |`;
        },
      ),
      `\n${links}`,
    ].join(''),
  };
}

const line = ({ code, status, detail }: Refusal) =>
  `${code}: [${status}, ${JSON.stringify(detail)}],`;

/** The rows as text, under a heading for each topic. */
function byTopic(
  rows: Refusal[],
  heading: (topic: string) => string,
  row: (refusal: Refusal) => string,
): string {
  return Object.entries(Object.groupBy(rows, ({ topic }) => topic))
    .map(([topic, group = []]) => heading(topic) + group.map(row).join('\n') + '\n')
    .join('');
}
