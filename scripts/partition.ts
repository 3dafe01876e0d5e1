/**
 * Splits a large table into partitions, or puts it back together, while the marketplace works. When it pays, what it
 * costs and what it does step by step is in docs/partitions.md.
 *
 *   npm run partition                                        how the tables are kept; changes nothing
 *   npm run partition -- --table claims --partitions 32
 *   npm run partition -- --table claims --undo
 *
 * It may be stopped at any moment and run again. It connects as the owner of the schema to the stack on this machine, or to
 * DATABASE_URL, not through a pooler that lends a session for a transaction.
 */
import { endWithUsage, readCommandLine } from '../local/command-line.ts';
import { addressesOf, runningPorts, settingsOrEnd } from '../local/settings.ts';
import { readStanding } from './partition/move.ts';
import { openSession, partition } from './partition/partition.ts';
import { partitionable, PartitionProblem } from './partition/tables.ts';
import { createProgressLine } from './shared/progress.ts';

const usage =
  `Splits a large table into partitions, or puts it back together, while the marketplace works (docs/partitions.md).

  npm run partition                                       how the tables are kept; changes nothing
  npm run partition -- --table claims --partitions 32     2 to 256
  npm run partition -- --table claims --undo              into one table again; also ends what was begun

  --batch 5000   rows of one transaction while copying, 100 to 100000

Works on the stack on this machine, or on the database of DATABASE_URL (as postgres, not through a pooler in transaction mode).`;

const { values } = readCommandLine(usage, {
  options: {
    table: { type: 'string' },
    partitions: { type: 'string' },
    undo: { type: 'boolean', default: false },
    batch: { type: 'string', default: '5000' },
  },
});

const table = partitionable[values.table ?? ''];
const changes = values.table !== undefined || values.partitions !== undefined || values.undo;
const number = (text: string | undefined, least: number, most: number) =>
  /^\d+$/.test(text ?? '') && Number(text) >= least && Number(text) <= most
    ? Number(text)
    : undefined;
const wanted = values.undo ? 0 : number(values.partitions, 2, 256);
const batch = number(values.batch, 100, 100_000);
if (batch === undefined) endWithUsage(usage, '--batch is a whole number from 100 to 100000.');
if (changes) {
  if (table === undefined) {
    endWithUsage(usage, `--table is one of: ${Object.keys(partitionable).join(', ')}.`);
  }
  if (values.undo && values.partitions !== undefined) {
    endWithUsage(usage, '--undo takes no --partitions.');
  }
  if (wanted === undefined) endWithUsage(usage, '--partitions is a whole number from 2 to 256.');
}

const connectionString = process.env.DATABASE_URL ??
  addressesOf(runningPorts(settingsOrEnd())).database_url;
const config = { connectionString, connectionTimeoutMillis: 10_000 };
const line = createProgressLine(process.stderr);
try {
  if (changes && table !== undefined && wanted !== undefined && batch !== undefined) {
    const stall = await partition(config, table, wanted, { batch, progress: line.progress });
    line.end();
    console.log(
      `A writer waited at most ${stall.longestMs.toFixed(0)} ms (while: ${
        stall.during || 'connecting'
      }), ` +
        `usually ${stall.medianMs.toFixed(1)} ms, in ${
          stall.writes.toLocaleString('en')
        } transactions.`,
    );
  }
  await say();
} catch (error) {
  line.end();
  const { message, code } = error as { message: string; code?: string };
  console.error(
    error instanceof PartitionProblem ? message : `The database refused: ${message || code}`,
  );
  process.exitCode = 1;
}

async function say(): Promise<void> {
  const client = await openSession(config);
  try {
    for (const one of Object.values(partitionable)) {
      const { partitions, rows, begun, unfinished } = await readStanding(client, one);
      console.log(
        `${one.relation}: ${
          partitions === 0 ? 'one table' : `${partitions} partitions by ${one.key}`
        }, about ${rows.toLocaleString('en')} rows${
          begun === undefined
            ? ''
            : `; a copy ${begun === 0 ? 'as one table' : `in ${begun} partitions`} was begun`
        }${unfinished ? '; exchanged, and not finished' : ''}`,
      );
    }
  } finally {
    await client.end();
  }
}
