import { expect, test } from 'vitest';
import { anonClient, clientOf, person } from '../support/people.ts';
import { asPostgres } from '../support/stack.ts';
import { withDatabase } from '../support/databases.ts';
import { migrate } from '../../local/postgres/migrate.ts';
import type { Cluster } from '../../local/postgres/cluster.ts';

/** Every grant, default grant and function body of a database. */
const grants = `
  select 'schema' as kind, nspname::text as name, nspacl::text as grants from pg_namespace
  where nspname !~ '^pg_(temp|toast)'
  union all
  select 'relation', oid::regclass::text, relacl::text from pg_class
  where relnamespace::regnamespace::text !~ '^pg_'
  union all
  select 'function', oid::regprocedure::text, concat(proacl, md5(prosrc)) from pg_proc
  where pronamespace::regnamespace::text not in ('pg_catalog', 'information_schema')
  union all
  select 'default', concat(defaclrole::regrole, defaclnamespace::regnamespace, defaclobjtype), defaclacl::text
  from pg_default_acl
  union all
  select 'column', concat(attrelid::regclass, '.', attname), attacl::text from pg_attribute
  where attacl is not null
  order by 1, 2`;

test('signing up and uploading changes no grant and no function', async () => {
  const grace = await person('Grace');
  const before = await asPostgres(grants);

  const { error: signUpError } = await (await anonClient()).auth.signUp({
    email: 'new@example.com',
    password: 'correct horse battery',
  });
  expect(signUpError).toBeNull();
  await asPostgres(
    `create policy "anything goes" on storage.objects for all to authenticated using (true) with check (true)`,
  );
  const { error } = await (await clientOf(grace)).storage.from('photo-uploads')
    .upload('photo.png', new Blob(['png'], { type: 'image/png' }));
  expect(error).toBeNull();

  expect(await asPostgres(grants)).toEqual(before);
});

/** What makes up auth and storage, apart from policies, triggers and foreign keys that point at them. */
const systemSchemas = `
  select 'relation' as kind, pg_class.oid::regclass::text as name,
    concat_ws(' ', relkind, relowner::regrole, relrowsecurity, relforcerowsecurity, relacl) as is
  from pg_class where relnamespace::regnamespace::text in ('auth', 'storage')
  union all
  select 'column', concat(attrelid::regclass, '.', attname),
    concat_ws(' ', format_type(atttypid, atttypmod), attnotnull, attacl)
  from pg_attribute join pg_class on pg_class.oid = attrelid
  where relnamespace::regnamespace::text in ('auth', 'storage') and attnum > 0
  union all
  select 'function', oid::regprocedure::text, concat_ws(' ', proowner::regrole, md5(prosrc), proacl)
  from pg_proc where pronamespace::regnamespace::text in ('auth', 'storage')
  union all
  select 'constraint', concat(conrelid::regclass, '.', conname), pg_get_constraintdef(oid)
  from pg_constraint where connamespace::regnamespace::text in ('auth', 'storage')
  union all
  select 'comment', concat(classoid::regclass, ' ', objoid, '.', objsubid), description
  from pg_description join pg_class on pg_class.oid = objoid
  where relnamespace::regnamespace::text in ('auth', 'storage')
  order by 1, 2`;

test('the migrations add policies and triggers to auth and storage, and nothing that hosted refuses', async () => {
  await withDatabase(async (cluster, database) => {
    const look = () => rowsOf(cluster, database, systemSchemas);
    const before = await look();
    await migrate(cluster, database);
    expect(await look()).toEqual(before);
  });
});

test('Auth and Storage run as a role that can grant nothing', async () => {
  await expect(asPostgres('set role supabase_lite')).rejects.toThrow('permission denied');
  const [role] = await asPostgres(
    `select rolsuper, rolcreaterole, rolcreatedb from pg_roles where rolname = 'supabase_lite'`,
  );
  expect(role).toEqual({ rolsuper: false, rolcreaterole: false, rolcreatedb: false });
});

const rowsOf = (cluster: Cluster, database: string, sql: string) =>
  cluster.using(database, 'supabase_admin', async (client) => (await client.query(sql)).rows);
