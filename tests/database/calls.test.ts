import pg from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { asPostgres, testDatabase } from '../support/stack.ts';

// On a hosted project the database calls its functions by pg_net, which sends what is queued at the commit.

beforeAll(async () => {
  await asPostgres(`
    create schema net;
    create schema vault;
    create table vault.decrypted_secrets as
      select * from (values ('staybase_url', 'https://x.example'), ('staybase_secret_key', 'sb_secret_x'))
        as secrets (name, decrypted_secret);
    create table net.calls (url text);
    create function net.http_post(
      url text, body jsonb default '{}', params jsonb default '{}', headers jsonb default '{}',
      timeout_milliseconds integer default 5000)
      returns bigint language sql as 'insert into net.calls values (url) returning 1::bigint'`);
});

test('a request that orders a hundred things calls a function once, and the next request again', async () => {
  const client = new pg.Client({ connectionString: (await testDatabase()).url });
  await client.connect();
  try {
    for (const request of [1, 2]) {
      await client.query('begin');
      await client.query(
        `insert into storage.objects (bucket_id, name)
         select 'photo-uploads', gen_random_uuid() || '/a.jpg' from generate_series(1, 50)`,
      );
      await client.query('commit');
      expect(await asPostgres('select url from net.calls'), `request ${request}`)
        .toEqual(Array(request).fill({ url: 'https://x.example/functions/v1/check-files' }));
    }
    await client.query(`begin; savepoint part; select private.call_function('check-files')`);
    await client.query(`rollback to part; select private.call_function('check-files'); commit`);
    expect((await asPostgres('select url from net.calls')).length).toBe(3);
  } finally {
    await client.end();
  }
});
