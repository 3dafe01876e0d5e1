import pg from 'pg';
import { beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { connectCluster } from '../../local/postgres/cluster.ts';
import { codeOf } from '../../types/index.ts';
import { ask } from '../graphql/graph.ts';
import {
  anonClient,
  type Client,
  clientOf,
  type Person,
  person,
  serviceClient,
} from '../support/people.ts';
import { asPostgres, testDatabase } from '../support/stack.ts';
import { home } from '../support/stays.ts';

// What one request may cost everyone else: time, and how many read much at once.

let grace: Person;
let stranger: Client;
let signedIn: Client;
let listing: string;

/** Sixty reviews, each with its home, with all sixty of that: some seven thousand rows to look at. */
const deep = 'review_id, listing:listings(title, reviews(review_id))';

beforeAll(async () => {
  // Made before the API starts, so that PostgREST knows them.
  await asPostgres(`
    create function public.limit_in_force() returns text language sql stable
      as $$ select current_user || ' ' || current_setting('statement_timeout') $$;
    create function public.outlast_its_limit() returns void language sql
      set statement_timeout = '20ms' as $$ select pg_sleep(3600) $$;
    create function public.tell_limit() returns boolean language plpgsql as $$ begin
      raise exception 'invalid_request' using errcode = 'PT400', detail = current_setting('statement_timeout');
    end $$;
    create function public.tell_page_cost() returns boolean language plpgsql as $$ begin
      raise exception 'invalid_request' using errcode = 'PT400', detail = concat_ws(' ', current_setting('random_page_cost'), current_setting('jit'));
    end $$;
    grant execute on function public.limit_in_force(), public.outlast_its_limit(), public.tell_limit(),
      public.tell_page_cost()
      to anon, authenticated, service_role`);
  grace = await person('Grace');
  [stranger, signedIn] = [await anonClient(), await clientOf(grace)];
  listing = await home();
  await asPostgres(
    `insert into public.reviews (listing_id, author_name, body, written_on, source, source_id)
     select $1, 'Guest ' || number, 'We slept well.', current_date, 'test', number
     from generate_series(1, 60) as number`,
    [listing],
  );
});

/** What is no part of the generated types, called by name. */
// deno-lint-ignore no-explicit-any
const call = (client: Client, name: string) => client.rpc(name as any);

test('the time limit of its role is in force for each request by REST', async () => {
  const service = await serviceClient();
  const told = await Promise.all([stranger, signedIn, service].map(async (client) => {
    const { data, error } = await call(client, 'limit_in_force');
    return error ?? data;
  }));
  expect(told).toEqual(['anon 3s', 'authenticated 8s', 'service_role 8s']);
});

test('and for the same role by the graph', async () => {
  await asPostgres(
    'create policy "limit" on public.amenities as restrictive using (public.tell_limit())',
  );
  onTestFinished(async () => {
    await asPostgres('drop policy "limit" on public.amenities');
  });
  for (
    const [client, token, limit] of [[stranger, undefined, '3s'], [
      signedIn,
      grace.token,
      '8s',
    ]] as const
  ) {
    const rest = await client.from('amenities').select().limit(1);
    const graph = await ask('{ amenities(first: 1) { nodes { name } } }', { token });
    expect([rest.error?.details, graph.errors[0]?.extensions.detail]).toEqual([limit, limit]);
  }
});

test('REST and the graph plan with pages that cost little to read at random, and compile nothing', async () => {
  await asPostgres(
    'create policy "cost" on public.amenities as restrictive using (public.tell_page_cost())',
  );
  onTestFinished(async () => {
    await asPostgres('drop policy "cost" on public.amenities');
  });
  const service = call(await serviceClient(), 'tell_page_cost');
  const rest = [stranger, signedIn].map((client) => client.from('amenities').select().limit(1));
  const told = (await Promise.all([service, ...rest])).map(({ error }) => error?.details);
  const graph = await ask('{ amenities(first: 1) { nodes { name } } }');
  expect([...told, graph.errors[0]?.extensions.detail]).toEqual(Array(4).fill('1.1 off'));
});

test('a statement that outlasts its limit ends with try_again', async () => {
  const { error } = await call(stranger, 'outlast_its_limit');
  expect(error?.code).toBe('57014');
  expect(codeOf(error)).toBe('try_again');
});

/** Asks as the superuser or as `postgres`, and takes back whatever was done: roles belong to all databases. */
async function undone(work: (client: pg.Client) => Promise<void>): Promise<void> {
  const { name } = await testDatabase();
  const cluster = connectCluster(inject('run').postgresPort, inject('run').directory);
  await cluster.using(name, 'supabase_admin', async (client) => {
    await client.query('begin');
    await work(client);
    await client.query('rollback');
  });
}

const limitOf = async (client: pg.Client, role: string) => {
  const { rows: [row] } = await client.query<{ entry: string }>(
    `select entry from pg_roles, unnest(rolconfig) as entry
     where rolname = $1 and starts_with(entry, 'statement_timeout')`,
    [role],
  );
  return row?.entry;
};

test('where a role has no limit the migrations set one, and an operator’s stays', async () => {
  await undone(async (client) => {
    await client.query(`
      alter role anon reset statement_timeout;
      alter role authenticated set statement_timeout = '20s';
      alter role authenticator set statement_timeout = '0';
      set local role postgres`);
    await client.query('select private.limit_roles()');
    const limits = [];
    for (const role of ['anon', 'authenticated', 'authenticator']) {
      limits.push(await limitOf(client, role));
    }
    expect(limits).toEqual([
      'statement_timeout=3s',
      'statement_timeout=20s',
      'statement_timeout=8s',
    ]);
  });
});

test('where the owner may not alter a role the migrations run on and say so', async () => {
  await undone(async (client) => {
    const notices: string[] = [];
    client.on('notice', ({ message }) => notices.push(message ?? ''));
    await client.query(`
      alter role anon reset statement_timeout;
      revoke admin option for anon from postgres cascade;
      set local role postgres`);
    await client.query('select private.limit_roles()');
    expect(notices).toEqual([
      "Requests are not limited: run as its owner: alter role anon set statement_timeout = '3s'",
    ]);
    expect(await limitOf(client, 'anon')).toBeUndefined();
  });
});

test('a project whose roles have no limit is warned', async () => {
  await undone(async (client) => {
    const health = `select detail from private.health() where part = 'time_limits' and not healthy`;
    await client.query(
      `update private.clock set shift = '0'; update private.settings set environment = 'production'`,
    );
    expect((await client.query(health)).rows).toEqual([]);
    await client.query('alter role anon reset statement_timeout');
    expect((await client.query(health)).rows).toEqual([
      { detail: expect.stringContaining('no statement_timeout of anon') },
    ]);
  });
});

/** Takes the places of those who read much, until the test ends or they are given back. */
async function takePlaces(
  role: 'anon' | 'authenticated',
  places: number,
): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: (await testDatabase()).url });
  await client.connect();
  await client.query(
    `select pg_advisory_lock(hashtext('staybase/large reads of ' || $1), place) from generate_series(1, $2::integer) as place`,
    [role, places],
  );
  let isOpen = true;
  const giveBack = async () => {
    if (!isOpen) return;
    isOpen = false;
    await client.query('select pg_advisory_unlock_all()');
    await client.end();
  };
  onTestFinished(giveBack);
  return giveBack;
}

const refusal = { code: 'PT503', message: 'try_again' };

test('while two strangers read much a third is refused, and small reads go on', async () => {
  const giveBack = await takePlaces('anon', 2);

  const third = await stranger.from('reviews').select(deep);
  expect({ status: third.status, ...third.error }).toMatchObject({ status: 503, ...refusal });
  expect(codeOf(third.error)).toBe('try_again');
  const page = await stranger.from('listings').select('title, reviews(review_id)').eq(
    'listing_id',
    listing,
  );
  expect(page.data?.[0]?.reviews).toHaveLength(60);
  // Somebody who is signed in has other places.
  const other = await signedIn.from('reviews').select(deep);
  expect(other.data).toHaveLength(60);

  await giveBack();
  const again = await stranger.from('reviews').select(deep);
  expect(again.data?.map(({ listing }) => listing.reviews.length)).toEqual(Array(60).fill(60));
});

test('while four people who are signed in read much a fifth is refused', async () => {
  const giveBack = await takePlaces('authenticated', 4);
  const fifth = await signedIn.from('reviews').select(deep);
  expect(fifth.error).toMatchObject(refusal);
  expect((await stranger.from('reviews').select(deep)).data).toHaveLength(60);
  await giveBack();
  expect((await signedIn.from('reviews').select(deep)).data).toHaveLength(60);
});

test('an operator decides how many read much at once', async () => {
  await asPostgres('update private.settings set large_reads_of_strangers = 3');
  onTestFinished(async () => {
    await asPostgres('update private.settings set large_reads_of_strangers = default');
  });
  await takePlaces('anon', 2);
  expect((await stranger.from('reviews').select(deep)).data).toHaveLength(60);
});

test('a document of the graph that reads much needs a place too', async () => {
  const document =
    '{ reviews(first: 60) { nodes { listing { reviews(first: 30) { nodes { reviewId } } } } } }';
  const giveBack = await takePlaces('anon', 2);
  expect((await ask(document)).errors[0]?.extensions).toMatchObject({
    code: 'try_again',
    status: 503,
  });
  await giveBack();
  const { data, errors } = await ask(document);
  expect(errors).toEqual([]);
  expect(data.reviews.nodes).toHaveLength(60);
});

test('Realtime and Storage, which become many people in one transaction, are not counted', async () => {
  await takePlaces('anon', 2);
  const { name } = await testDatabase();
  const cluster = connectCluster(inject('run').postgresPort, inject('run').directory);
  await cluster.using(name, 'supabase_lite', async (client) => {
    await client.query('set role anon');
    const { rows } = await client.query(
      'select from public.reviews as one join public.reviews as other using (listing_id)',
    );
    expect(rows).toHaveLength(3600);
  });
});

test('beside twenty deep requests every ordinary one is answered', async () => {
  const ordinary = async () => {
    const began = performance.now();
    const { data, error } = await stranger.from('reviews').select('review_id, body').limit(20);
    expect(error).toBeNull();
    expect(data).toHaveLength(20);
    return performance.now() - began;
  };
  const median = (times: number[]) =>
    times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!;
  const many = async (times: number, work: () => Promise<number>) => {
    const taken: number[] = [];
    for (let i = 0; i < times; i++) taken.push(await work());
    return taken;
  };

  const alone = await many(20, ordinary);
  const deeper = 'review_id, listing:listings(reviews(listing:listings(reviews(*))))';
  let isOver = false;
  const abuse = Promise.all(
    Array.from({ length: 20 }, () => stranger.from('reviews').select(deeper)),
  ).finally(() => isOver = true);
  const beside: number[] = [];
  while (!isOver || beside.length < 20) beside.push(await ordinary());
  for (const { data, error } of await abuse) {
    expect(data?.length ?? codeOf(error)).toSatisfy((it) => it === 60 || it === 'try_again');
  }
  console.log(
    `Ordinary requests beside twenty deep ones: ${
      (median(beside) / median(alone)).toFixed(1)
    } times as long`,
  );
});
