import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { partition } from '../../scripts/partition/partition.ts';
import { partitionable } from '../../scripts/partition/tables.ts';
import { keys } from '../../local/keys.ts';
import { person } from '../support/people.ts';
import { brokenPromises } from '../support/promises.ts';
import { runScript } from '../support/scripts.ts';
import { seed } from '../support/seeds.ts';
import { session } from '../support/sessions.ts';
import { asPostgres, setClock, testApi, testDatabase } from '../support/stack.ts';
import { home, june, request } from '../support/stays.ts';

const claims = partitionable.claims!;
const homes: string[] = [];
const blocks = 6000;

beforeAll(async () => {
  await setClock('2031-05-20T12:00:00Z');
  const hosts = [await person('Hedy'), await person('Lise')];
  for (let number = 0; number < 24; number += 1) {
    homes.push(await home({ host: hosts[number % 2]!, preparationNights: number % 2 }));
  }
  await asPostgres(
    `with bulk as (select set_config('staybase.bulk_load', 'on', true))
     insert into private.claims (listing_id, nights, lane, kind, note)
     select ($1::uuid[])[1 + i % 24], daterange('2026-01-01'::date + i / 24 * 3, '2026-01-02'::date + i / 24 * 3),
       private.own_lane(), 'block', 'Block ' || i
     from bulk, generate_series(0, $2 - 1) as i`,
    [homes, blocks],
  );
  // After so many holds of a night newcomers book without one, and what is held here is what is counted.
  await asPostgres('update private.settings set newcomer_holds = 32767');
  // What an operator may have set, and nothing of it may get lost.
  for (
    const statement of [
      'alter table private.claims set (autovacuum_vacuum_scale_factor = 0.03)',
      'alter table private.claims replica identity full',
      'alter table private.claims alter column nights set statistics 300',
      'grant select (claim_id) on private.claims to service_role',
      `create policy "nobody sees claims" on private.claims for select to authenticated using (false)`,
      `comment on policy "nobody sees claims" on private.claims is 'It is a test.'`,
      `create publication watched for table private.claims
         with (publish_via_partition_root = true)`,
    ]
  ) await asPostgres(statement);
});

const run = async (...args: string[]) => {
  const { url } = await testDatabase();
  return await runScript('partition', ['--table', 'claims', ...args], { DATABASE_URL: url });
};

/** All that makes a table what it is; its key alone is another when it is partitioned. */
async function looks(): Promise<unknown> {
  const [found] = await asPostgres<{ looks: Record<string, unknown> }>(`
    with subject as (select * from pg_class where oid = 'private.claims'::regclass), lines as (
      select 'table' as about, format('%s %s %s %s %s', relowner::regrole, relrowsecurity, relforcerowsecurity,
        relreplident, obj_description(oid, 'pg_class')) as line from subject
      union all select 'rights', format('%s %s %s', grantor, grantee, privilege_type)
        from subject, aclexplode(coalesce(relacl, acldefault('r', relowner)))
      union all select 'column', format('%s %s %s %s %s %s %s', attname, format_type(atttypid, atttypmod), attnotnull,
        attstattarget, attacl, pg_get_expr(adbin, adrelid), col_description(attrelid, attnum))
        from subject join pg_attribute on attrelid = subject.oid and attnum > 0 and not attisdropped
        left join pg_attrdef on adrelid = attrelid and adnum = attnum
      union all select 'constraint', format('%s %s %s %s', conname, convalidated,
        replace(pg_get_constraintdef(pg_constraint.oid), '(claim_id, listing_id)', '(claim_id)'),
        obj_description(pg_constraint.oid, 'pg_constraint'))
        from subject join pg_constraint on conrelid = subject.oid
      union all select 'index', replace(replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON '),
        '(claim_id, listing_id)', '(claim_id)') || indisvalid
        from subject join pg_index on indrelid = subject.oid
      union all select 'trigger', format('%s %s', tgenabled, pg_get_triggerdef(pg_trigger.oid))
        from subject join pg_trigger on tgrelid = subject.oid where not tgisinternal
      union all select 'policy', format('%s %s %s %s', polname, polcmd, polroles::regrole[], pg_get_expr(polqual, polrelid))
        || obj_description(pg_policy.oid, 'pg_policy') from subject join pg_policy on polrelid = subject.oid
      union all select 'publication', format('%s %s', pubname, attnames)
        from pg_publication_tables where pubname = 'watched' and tablename like 'claims%'
      union all select distinct 'option', unnest(reloptions) from pg_class
        where reloptions is not null and relkind = 'r' and (oid = 'private.claims'::regclass
          or oid in (select inhrelid from pg_inherits where inhparent = 'private.claims'::regclass)))
    select jsonb_object_agg(about, lines) as looks from (
      select about, array_agg(distinct line order by line) as lines from lines group by about) as grouped`);
  return found?.looks;
}

/** Guests who ask for nights and give them back, and a host who blocks and unblocks, until they are told. */
async function people() {
  const { url } = await testDatabase();
  const random = (() => {
    let state = seed & 0x7fffffff;
    return (below: number) => (state = (state * 1103515245 + 12345) & 0x7fffffff) % below;
  })();
  let isOver = false;
  const held = new Set<string>();
  const problems = new Set<string>();
  let booked = 0;
  const somebody = async (name: string, deed: (client: pg.Client, id: string) => Promise<void>) => {
    const { id, email } = await person(name);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    onTestFinished(() => client.end());
    while (!isOver) {
      try {
        await client.query('begin');
        await client.query(
          `select set_config('role', 'authenticated', true), set_config('request.jwt.claims', $1, true)`,
          [JSON.stringify({ sub: id, role: 'authenticated', aud: 'authenticated', email })],
        );
        await deed(client, id);
      } catch (error) {
        await client.query('rollback');
        const { code, message } = error as { code?: string; message: string };
        if (!code?.startsWith('PT4')) problems.add(`${code} ${message}`);
      }
    }
  };
  const guest = (name: string) => {
    const mine: string[] = [];
    return somebody(name, async (client) => {
      if (mine.length === 3 || (mine.length > 0 && random(3) === 0)) {
        const booking = mine.shift()!;
        held.delete(booking);
        await client.query('select public.withdraw_booking($1)', [booking]);
        await client.query('commit');
        return;
      }
      const [listing, from] = [homes[random(homes.length)]!, 1 + random(25)];
      const booking = randomUUID();
      const { checkIn, checkOut } = june(from, from + 1 + random(3));
      await client.query(
        `select hold.* from public.quote_stay($2, $3, $4) as quote,
           public.request_booking($1, $2, $3, $4, quote.total_minor) as hold`,
        [booking, listing, checkIn, checkOut],
      );
      await client.query('commit');
      mine.push(booking);
      held.add(booking);
      booked += 1;
    });
  };
  const host = somebody('Hedy', async (client) => {
    const day = 10 + random(9);
    const verb = random(2) === 0 ? 'block_nights' : 'unblock_nights';
    await client.query(`select * from public.${verb}($1, $2, $3)`, [
      homes[2 * random(homes.length / 2)],
      `2031-08-${day}`,
      `2031-08-${day + 2}`,
    ]);
    await client.query('commit');
  });
  const all = Promise.all([...['Ada', 'Grace', 'Katherine'].map(guest), host]);
  return {
    async stop() {
      isOver = true;
      await all;
      return { held, problems, booked };
    },
    booked: () => booked,
  };
}

const sharedNights = () =>
  asPostgres(
    `select from private.claims as one join private.claims as other
       on other.listing_id = one.listing_id and other.claim_id > one.claim_id
       and other.nights && one.nights and other.lane && one.lane`,
  );

const standing = async () => {
  const [is] = await asPostgres<{ partitions: number; schemas: string[]; watched: boolean }>(
    `select (select count(*)::integer from pg_inherits where inhparent = 'private.claims'::regclass) as partitions,
       array(select nspname::text from pg_namespace where nspname like 'partition%' order by 1) as schemas,
       exists (select from pg_trigger where tgrelid = 'private.claims'::regclass
         and tgname = 'note_the_change_for_partitions') as watched`,
  );
  return is;
};

/** After whatever was done: what was booked is there, and the constraint still refuses. */
async function isWhole({ held, problems }: { held: Set<string>; problems: Set<string> }) {
  expect([...problems]).toEqual([]);
  expect(
    await asPostgres(
      `select from unnest($1::uuid[]) as wanted (booking_id)
       where not exists (select from private.claims where claims.booking_id = wanted.booking_id and kind = 'hold')
         -- A guest who asks for the same nights again gives up the first request.
         and not exists (select from public.booking_history
           where booking_history.booking_id = wanted.booking_id and reason = 'replaced')`,
      [[...held]],
    ),
  ).toEqual([]);
  expect(await sharedNights()).toEqual([]);
  expect(await brokenPromises()).toEqual({});
  const [{ kept } = { kept: 0 }] = await asPostgres<{ kept: number }>(
    `select count(*)::integer as kept from private.claims where note like 'Block %'`,
  );
  expect(kept).toBe(blocks);
}

/** Writes that bypass every rule, and no constraint. */
async function overlapsAreRefused(partitionOf: string): Promise<void> {
  const [one] = await asPostgres<{ claim_id: string; listing_id: string; nights: string }>(
    `select claim_id, listing_id, nights::text from private.claims where note = 'Block 7'`,
  );
  const over = `($1, $2, '(,)', 'stay', gen_random_uuid())`;
  const columns = '(listing_id, nights, lane, kind, booking_id)';
  for (
    const sql of [
      `insert into private.claims ${columns} values ${over}`,
      `insert into ${partitionOf} ${columns} values ${over}`,
    ]
  ) {
    await expect(asPostgres(sql, [one?.listing_id, one?.nights]), sql).rejects.toMatchObject({
      code: '23P01',
      constraint: expect.stringMatching(/^claims_never_share_a_night/),
    });
  }
  await expect(asPostgres(
    `update private.claims set nights = $2 where listing_id = $1 and note = 'Block 31'`,
    [one?.listing_id, one?.nights],
  )).resolves.toEqual([]);
  await asPostgres(
    `update private.claims set nights = daterange('2026-01-04', '2026-01-05') where note = 'Block 31'`,
  );
  await expect(asPostgres(
    `update private.claims set nights = $2, lane = (select lane from private.claims where note = 'Block 7')
     where listing_id = $1 and note = 'Block 31'`,
    [one?.listing_id, one?.nights],
  )).rejects.toMatchObject({ code: '23P01' });
}

test('claims are split while guests book, and put together again, and nobody notices', async () => {
  await run('--undo');
  const before = await looks();

  const guests = await people();
  const split = await run('--partitions', '8', '--batch', '500');
  await expect.poll(guests.booked).toBeGreaterThan(0);
  const whatTheyDid = await guests.stop();
  expect(split.stderr + split.stdout).toMatch(/A writer waited at most \d+ ms/);
  expect(split).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('private.claims: 8 partitions by listing_id'),
  });
  expect(await standing()).toEqual({ partitions: 8, schemas: ['partitions'], watched: false });
  await isWhole(whatTheyDid);
  expect(await looks()).toEqual(before);
  const [part] = await asPostgres<{ name: string }>(
    `select tableoid::regclass::text as name from private.claims where note = 'Block 7'`,
  );
  await overlapsAreRefused(part?.name ?? '');

  // Again: nothing to do. Differently: other partitions.
  expect(await run('--partitions', '8')).toMatchObject({ code: 0 });
  expect(await run('--partitions', '3')).toMatchObject({ code: 0 });
  expect(await standing()).toEqual({ partitions: 3, schemas: ['partitions'], watched: false });

  const more = await people();
  const undone = await run('--undo', '--batch', '500');
  const whatTheyDidThen = await more.stop();
  expect(undone).toMatchObject({ code: 0, stdout: expect.stringContaining('claims: one table') });
  expect(await standing()).toEqual({ partitions: 0, schemas: [], watched: false });
  await isWhole(whatTheyDidThen);
  expect(await looks()).toEqual(before);
});

test('stopped at any step it leaves a marketplace that works, and goes on or is undone', async () => {
  const { url } = await testDatabase();
  await run('--undo');
  const before = await looks();
  const guest = await session(await person('Mary'));
  let day = 1;
  const book = async () => {
    await guest.begin();
    await request(guest, { listing: homes[day % 24]!, ...june(27, 28) });
    await guest.commit();
    await asPostgres('update public.bookings set expires_at = private.now() where status = $1', [
      'awaiting_payment',
    ]);
    await asPostgres('select private.expire_bookings(1000)');
    day += 1;
  };
  /** Ends its session there, as a signal does: what was not committed is undone. */
  const stopAt = async (step: string, wanted: number) => {
    const stopped = partition({ connectionString: url }, claims, wanted, {
      batch: 1000,
      progress(what, done) {
        if (what === step && done !== 0) throw new Error('stopped');
      },
    });
    await expect(stopped, step).rejects.toThrow('stopped');
    await book();
  };
  const before3 = [
    'Watching for changes',
    'Copying pages',
    'Adding foreign keys',
    'Joining foreign keys',
  ];
  for (const step of [...before3, 'Comparing every row', 'Exchanging the tables']) {
    await stopAt(step, 3);
    expect(await standing(), step).toMatchObject({
      partitions: 0,
      schemas: ['partition_move', 'partitions'],
    });
  }
  // Changes of mind: undone half-way, and begun with another number.
  expect(await run('--undo')).toMatchObject({ code: 0 });
  expect(await standing()).toEqual({ partitions: 0, schemas: [], watched: false });
  expect(await looks()).toEqual(before);
  await stopAt('Adding foreign keys', 5);
  expect((await runScript('partition', [], { DATABASE_URL: url })).stdout)
    .toContain('a copy in 5 partitions was begun');
  await stopAt('Dropping the old table', 3);
  expect(await standing()).toMatchObject({
    partitions: 3,
    schemas: ['partition_move', 'partition_past', 'partitions'],
  });
  expect(await run('--partitions', '3')).toMatchObject({ code: 0 });
  expect(await standing()).toEqual({ partitions: 3, schemas: ['partitions'], watched: false });
  expect(await looks()).toEqual(before);
  await isWhole({ held: new Set(), problems: new Set() });
});

test('nobody of the API can name a partition', async () => {
  await run('--partitions', '3');
  const open = await asPostgres(
    `select inhrelid::regclass, rolname from pg_inherits
     join pg_class on pg_class.oid = inhrelid, pg_roles
     where inhparent = 'private.claims'::regclass and rolname in ('anon', 'authenticated', 'service_role', 'authenticator')
       and (has_schema_privilege(rolname, relnamespace, 'usage') or not relrowsecurity
         or has_table_privilege(rolname, inhrelid, 'select, insert, update, delete, truncate, references, trigger')
         or has_any_column_privilege(rolname, inhrelid, 'select, insert, update, references'))`,
  );
  expect(open).toEqual([]);
  const { url } = await testApi();
  const { token } = await person('Ada');
  const [{ name } = { name: '' }] = await asPostgres<{ name: string }>(
    `select relname as name from pg_inherits join pg_class on oid = inhrelid limit 1`,
  );
  for (const profile of ['public', 'partitions', 'private']) {
    for (const authorization of [{}, { authorization: `Bearer ${token}` }]) {
      const answer = await fetch(`${url}/rest/v1/${name}`, {
        headers: { apikey: keys.publishable, 'accept-profile': profile, ...authorization },
      });
      await answer.body?.cancel();
      expect([404, 406], `${profile} ${name}`).toContain(answer.status);
    }
  }
});

test('a table that others are bound to is not exchanged', async () => {
  await asPostgres(
    `create function private.all_claims() returns bigint language sql begin atomic
       select count(*) from private.claims; end`,
  );
  onTestFinished(() => asPostgres('drop function private.all_claims').then(() => {}));
  const refused = await run('--partitions', '2');
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('function private.all_claims()'),
  });
  expect(await standing()).toMatchObject({ partitions: 3, watched: false });
});
