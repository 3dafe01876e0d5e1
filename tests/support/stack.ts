import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { type Api, startApi } from '../../local/api.ts';
import { lastRows, runDueJobs as workOff, tick } from '../../local/clock.ts';
import { makeDirectory } from '../../local/folders.ts';
import { type Edge, type FakeStripe, startEdge } from '../../local/edge.ts';
import { createMailbox, type Mailbox } from '../../local/mail.ts';
import { freePort } from '../../local/ports.ts';
import { type Cluster, connectCluster } from '../../local/postgres/cluster.ts';
import { createDatabase, dropDatabases } from '../../local/postgres/templates.ts';
import { serverLog } from '../../local/postgres/throwaway.ts';
import { ask } from './ask.ts';

/**
 * What a test file stands on: a copy of the template database and, as far as it asks for them, the
 * API in front of it and the edge functions with a fake Stripe. Parts start on first use (the database
 * in 30 ms, the API in 200, the functions in 200) and end with the file, so no file sees another's data.
 */
export interface TestDatabase {
  name: string;
  url: string;
  pool: pg.Pool;
}

interface Parts {
  database?: Promise<TestDatabase>;
  api?: Promise<Api>;
  edge?: Promise<Edge>;
  /** Sessions that were lent and came back. */
  idle: LentSession[];
  mailbox: Mailbox;
  /** What the functions printed. */
  lines: string[];
}

let parts: Parts = { idle: [], mailbox: createMailbox(), lines: [] };

const cluster = (): Cluster => connectCluster(inject('run').postgresPort, inject('run').directory);
const directory = () =>
  makeDirectory(join(inject('run').directory, 'workers', String(process.pid)));

/** This file's database. */
export function testDatabase(): Promise<TestDatabase> {
  return parts.database ??= (async () => {
    const name = `file_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
    await createDatabase(cluster(), name, inject('run').template);
    const url = cluster().url(name);
    return { name, url, pool: poolFor(url) };
  })();
}

let rolledBack: Promise<string> | undefined;

/**
 * The address of a database that the files of this worker share: for those that roll everything back. It ends
 * with the run.
 */
export const sharedDatabase = (): Promise<string> =>
  rolledBack ??= (async () => {
    const name = `file_${process.pid}_shared`;
    await createDatabase(cluster(), name, inject('run').template);
    return cluster().url(name);
  })();

/** The frontend of the tests; nobody answers there. */
const siteUrl = 'http://127.0.0.1:3000';

/** This file's API: PostgREST, Auth, Storage and the gateway. */
export function testApi(): Promise<Api> {
  return parts.api ??= (async () => {
    const { name } = await testDatabase();
    const [rest, restAdmin] = [await freePort(), await freePort()];
    return await startApi({
      cluster: cluster(),
      database: name,
      ports: { gateway: 0, rest, restAdmin },
      dataDirectory: directory(),
      siteUrl,
      mailbox: parts.mailbox,
      functions: async () => (await testEdge()).functions,
    });
  })();
}

/** This file's edge functions and fake Stripe; a start that failed is tried again by the next call. */
export function testEdge(): Promise<Edge> {
  const starting = parts.edge ??= (async () => {
    const [{ name, url: databaseUrl }, { url: gatewayUrl }] = [
      await testDatabase(),
      await testApi(),
    ];
    return await startEdge({
      ports: { functions: await freePort(), stripe: await freePort() },
      gatewayUrl,
      siteUrl,
      databaseUrl,
      graphqlUrl: cluster().url(name, 'staybase_graphql'),
      dataDirectory: directory(),
      now,
      stripe: 'fake',
      onLine: (line) => parts.lines.push(line),
    });
  })();
  starting.catch(() => delete parts.edge);
  return starting;
}

/** This file's fake Stripe, to look at and to tamper with. */
export async function testStripe(): Promise<FakeStripe> {
  const { stripe } = await testEdge();
  if (stripe === undefined) throw new Error('Tests never talk to the real Stripe.');
  return stripe;
}

/** Runs SQL as `postgres`, past row level security; returns the rows. */
export async function asPostgres<Row extends pg.QueryResultRow>(
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const { pool } = await testDatabase();
  return (await ask<Row>(pool, sql, values)).rows;
}

/** The marketplace's time. */
export async function now(): Promise<Date> {
  const [row] = await asPostgres<{ now: Date }>('select private.now() as now');
  if (row === undefined) throw new Error('The clock is gone.');
  return row.now;
}

/** Moves the marketplace's clock by a Postgres interval, counted from where it stands. */
export async function moveClock(by: string): Promise<void> {
  await asPostgres('update private.clock set shift = shift + $1::interval', [by]);
}

/** Sets the marketplace's clock to an instant, from which it goes on running. */
export async function setClock(to: Date | string): Promise<void> {
  const instant = typeof to === 'string' ? to : to.toISOString();
  await asPostgres('update private.clock set shift = $1::timestamptz - now()', [instant]);
}

const query = async (sql: string) => lastRows(await ask((await testDatabase()).pool, sql));

/** A while later: no job pauses any more after a run that found nothing to do. */
const endPauses = () => asPostgres('update private.jobs set next_at = null, claimed_until = null');

/** What is due in the database, as a worker does it; returns the jobs that fail. */
export async function runJobs(): Promise<string[]> {
  await endPauses();
  return await workOff(query);
}

/** One beat of the stack's clock: due jobs, then the outbox worker. */
export async function runDueJobs(): Promise<void> {
  const { url } = await testApi();
  await endPauses();
  await tick({ query, gatewayUrl: url });
}

/** Every line that this file's edge functions printed. */
export const functionLines = (): string[] => parts.lines;

/** The log of the run's Postgres so far, line by line; all test files write into it. */
export const serverLines = (): string[] =>
  readFileSync(serverLog(inject('run').directory), 'utf8').split('\n');

/** All mail this file's stack sent to an address, oldest first. */
export const mailTo = (address: string) => parts.mailbox.to(address);

/**
 * Starts over with an untouched copy of the template, under the running API. Each session plans and compiles
 * everything for itself.
 */
export async function freshDatabase({ sessions = 10 } = {}): Promise<void> {
  const { name, pool } = await testDatabase();
  await pool.end();
  await Promise.all(parts.idle.splice(0).map(({ client }) => client.end()));
  await createDatabase(cluster(), name, inject('run').template);
  const url = cluster().url(name);
  parts.database = Promise.resolve({ name, url, pool: poolFor(url, sessions) });
  if (parts.api !== undefined) await (await parts.api).rest.ready();
}

/** A session for one person of a race. */
export interface LentSession {
  client: pg.Client;
  /** What it was asked before. */
  known: Set<string>;
  /** Takes it back; it ends if it still works, or is not what it was. */
  giveBack(how: { works: boolean }): Promise<void>;
}

/** All that `discard all` does, but for plans. */
const asNew = `rollback; close all; set session authorization default; reset all; unlisten *;
  select pg_advisory_unlock_all(); discard temp; discard sequences`;

/**
 * Lends a session of this file's database, as if it were new; one that came back has still planned and compiled
 * what it did. To begin anew for each person was two thirds of what Postgres did in an-alteration (measured).
 */
export async function lendSession(): Promise<LentSession> {
  const { url } = await testDatabase();
  const former = parts.idle.pop();
  if (former !== undefined) return former;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  let hasEnded = false;
  client.once('end', () => {
    hasEnded = true;
    parts.idle = parts.idle.filter((one) => one !== lent);
  });
  // It is cut off when its database is replaced.
  client.on('error', () => {});
  const lent: LentSession = {
    client,
    known: new Set(),
    async giveBack({ works }) {
      const isClean = !works && !hasEnded &&
        await client.query(asNew).then(() => true, () => false);
      const isCurrent = (await parts.database?.catch(() => undefined))?.url === url;
      if (isClean && isCurrent) parts.idle.push(lent);
      else await client.end();
    },
  };
  return lent;
}

/** Ends whatever this file started. */
export async function closeStack(): Promise<void> {
  const { edge, api, database, idle } = parts;
  parts = { idle: [], mailbox: createMailbox(), lines: [] };
  await Promise.all(idle.map(({ client }) => client.end()));
  await (await edge?.catch(() => undefined))?.stop();
  await (await api?.catch(() => undefined))?.stop();
  const opened = await database?.catch(() => undefined);
  if (opened === undefined) return;
  await opened.pool.end();
  await dropDatabases(cluster(), opened.name);
}

function poolFor(url: string, sessions = 10): pg.Pool {
  // Two processes to help with a query over tables of a few rows took longer than the query (measured).
  const options = '-c max_parallel_workers_per_gather=0';
  // A session that ends takes along what it has planned and compiled, so none ends because a test waits.
  const pool = new pg.Pool({ connectionString: url, max: sessions, idleTimeoutMillis: 0, options });
  // Connections that idle while their database is replaced; the next query opens another.
  pool.on('error', () => {});
  return pool;
}
