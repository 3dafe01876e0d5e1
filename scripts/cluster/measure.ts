import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { localPassword } from '../../local/postgres/cluster.ts';
import type { ThreeHosts } from './cluster.ts';
import { quantile } from './history.ts';
import type { Host } from './host.ts';
import type { Staybase } from './staybase.ts';

/** Where is measured: always two things in turn, so that a busier minute falls on both. */
interface Subject {
  three: ThreeHosts;
  staybase: Staybase;
  say(line: string): void;
}

/**
 * How much longer a booking takes when its commit waits for a replica's disk than when it waits for the primary's own
 * alone. Both are the same statement through HAProxy and PgBouncer, in turn, for so many clients at once.
 */
export async function measureCommits({ three, staybase, say }: Subject): Promise<void> {
  const pairs = 300;
  const stays = await staybase.query(
    `select listing, check_in::text, (check_in + 2)::text as check_out,
       (private.price_stay(listing, check_in, check_in + 2, 1, 0)).total_minor as total
     from (
       select ($1::uuid[])[1 + at % cardinality($1::uuid[])] as listing,
         current_date + 10 + 3 * (at / cardinality($1::uuid[])) as check_in
       from generate_series(0, $2 - 1) as at) as free`,
    [staybase.homes, pairs * 5],
  );
  let next = 0;
  for (const clients of [1, 8]) {
    const sessions = await connect(three.ports.writes, clients);
    const times = { waits: [] as number[], alone: [] as number[] };
    const book = async (client: pg.Client, how: keyof typeof times) => {
      const stay = stays[next]!;
      const { id } = staybase.guests[next % staybase.guests.length]!;
      next += 1;
      const claims = JSON.stringify({ sub: id, role: 'authenticated', aud: 'authenticated' });
      const began = performance.now();
      // One message there and one back, as PostgREST's are.
      await client.query(
        `begin;
         set local synchronous_commit = '${how === 'waits' ? 'on' : 'local'}';
         select set_config('role', 'authenticated', true), set_config('request.jwt.claims', '${claims}', true);
         select * from public.request_booking('${randomUUID()}', '${stay.listing}', '${stay.check_in}',
           '${stay.check_out}', ${stay.total});
         commit`,
      );
      times[how].push(performance.now() - began);
    };
    for (let round = 0; round < pairs / clients; round += 1) {
      const order = round % 2 === 0 ? ['waits', 'alone'] as const : ['alone', 'waits'] as const;
      for (const how of order) await Promise.all(sessions.map((client) => book(client, how)));
    }
    await Promise.all(sessions.map((client) => client.end()));
    say(
      `a booking, ${clients} at once (${pairs} each): ${milliseconds(times.alone)} alone, ` +
        `${milliseconds(times.waits)} with a replica, ${
          (quantile(times.waits, 0.5) / quantile(times.alone, 0.5)).toFixed(2)
        } x`,
    );
  }
}

/**
 * What a search costs where it is answered: processor time of the sessions of Postgres, at the primary and at both
 * replicas, by the same clients through HAProxy and PgBouncer in turn.
 */
export async function measureSearches({ three, staybase, say }: Subject): Promise<void> {
  const seconds = 5;
  const rounds = 6;
  const clients = 4;
  const leader = await three.leader();
  const replicas = three.hosts.filter((host) => host !== leader);
  if (leader === undefined) throw new Error('There is no leader.');
  const search = `begin read only; set local role anon;
    select * from public.search_listings(west => -74, south => 42, east => -73, north => 43,
      check_in => '${staybase.day(30)}', check_out => '${staybase.day(33)}', guests => 2);
    commit`;
  const place = async (port: number, hosts: Host[]) => ({
    sessions: await connect(port, clients),
    hosts,
    searches: 0,
    /** Seconds on each host. */
    cpu: hosts.map(() => 0),
  });
  const at = {
    primary: await place(three.ports.writes, [leader]),
    replicas: await place(three.ports.reads, replicas),
  };
  const ask = async (where: keyof typeof at, forSeconds: number) => {
    const until = performance.now() + forSeconds * 1000;
    let done = 0;
    await Promise.all(at[where].sessions.map(async (client) => {
      while (performance.now() < until) {
        await client.query(search);
        done += 1;
      }
    }));
    return done;
  };
  for (const where of ['primary', 'replicas'] as const) await ask(where, 3);
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0
      ? ['primary', 'replicas'] as const
      : ['replicas', 'primary'] as const;
    for (const where of order) {
      const { hosts, cpu } = at[where];
      const before = hosts.map(processorSeconds);
      at[where].searches += await ask(where, seconds);
      hosts.forEach((host, number) => cpu[number]! += processorSeconds(host) - before[number]!);
    }
  }
  for (const { sessions } of Object.values(at)) for (const client of sessions) await client.end();

  const each = ({ cpu, searches }: { cpu: number[]; searches: number }) =>
    1000 * cpu.reduce((all, one) => all + one, 0) / searches;
  const [primary, both] = [each(at.primary), each(at.replicas)];
  say(
    `a search: ${
      primary.toFixed(2)
    } ms of processor time at the primary (${at.primary.searches}), ` +
      `${both.toFixed(2)} at the replicas (${at.replicas.searches}; ` +
      `${at.replicas.cpu.map((cpu) => cpu.toFixed(1)).join(' and ')} s), ${
        (both / primary).toFixed(2)
      } x: for as many cores each, two replicas answer ${
        (2 * primary / both).toFixed(2)
      } x as many`,
  );
}

async function connect(port: number, count: number): Promise<pg.Client[]> {
  return await Promise.all(Array.from({ length: count }, async () => {
    const client = new pg.Client({
      host: '127.0.0.1',
      port,
      database: 'postgres',
      user: 'authenticator',
      password: localPassword,
    });
    client.on('error', () => {});
    await client.connect();
    return client;
  }));
}

/** Of the sessions that PgBouncer keeps, and of nobody who works beside them. */
function processorSeconds(host: Host): number {
  return host.pids(/^postgres: .*authenticator /).reduce((sum, pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number);
    return sum + (fields[11]! + fields[12]!) / 100;
  }, 0);
}

const milliseconds = (times: number[]) =>
  `${quantile(times, 0.5).toFixed(1)} ms (${
    quantile(times, 0.95).toFixed(1)
  } at the 95th percentile)`;
