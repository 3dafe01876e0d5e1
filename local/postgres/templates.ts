import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inProject } from '../paths.ts';
import { postgresVersion } from './binaries.ts';
import { bootstrapDatabase } from './bootstrap/bootstrap.ts';
import type { Cluster } from './cluster.ts';
import { migrate, type Migration, readMigrations } from './migrate.ts';

/**
 * Databases to copy from. Copying one takes 30 ms where building it takes a second, so each is built
 * once for what it was made of (the hash in its name) and nobody ever connects to it again.
 */
export async function baseTemplate(cluster: Cluster): Promise<string> {
  return await ensureTemplate(cluster, `base_${hashOf(bootstrapSources())}`, async (name) => {
    await createDatabase(cluster, name, 'template0');
    await bootstrapDatabase(cluster, name);
    await cluster.using(
      name,
      'supabase_admin',
      (client) => client.query('create extension pgtap with schema extensions'),
    );
  });
}

/** The base and these migrations: what every database of a tool begins as. */
export async function migratedTemplate(
  cluster: Cluster,
  migrations: Migration[] = readMigrations(),
): Promise<string> {
  const base = await baseTemplate(cluster);
  const hash = hashOf([base, ...migrations.flatMap(({ path, sql }) => [path, sql])]);
  return await ensureTemplate(cluster, `migrated_${hash}`, async (name) => {
    await createDatabase(cluster, name, base);
    await migrate(cluster, name, migrations);
  });
}

/** All migrations and more. `made` names what `finish` adds, so that a change to it counts. */
export async function finishedTemplate(
  cluster: Cluster,
  { made, finish }: { made: string; finish: (database: string) => Promise<void> },
): Promise<string> {
  const migrated = await migratedTemplate(cluster);
  return await ensureTemplate(cluster, `finished_${hashOf([migrated, made])}`, async (name) => {
    await createDatabase(cluster, name, migrated);
    await finish(name);
  });
}

/** Drops all databases whose names begin so: what a killed run left behind. */
export async function dropDatabases(cluster: Cluster, prefix: string): Promise<void> {
  await cluster.asAdmin(async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [prefix],
    );
    for (const { datname } of rows) {
      await client.query(`drop database ${client.escapeIdentifier(datname)} with (force)`);
    }
  });
}

/** (Re)creates a database as a copy of a template; whoever is connected to the old one is cut off. */
export async function createDatabase(
  cluster: Cluster,
  name: string,
  template: string,
): Promise<void> {
  await cluster.asAdmin(async (client) => {
    const [database, source] = [name, template].map((one) => client.escapeIdentifier(one));
    await client.query(`drop database if exists ${database} with (force)`);
    await client.query(
      `create database ${database} template ${source} strategy file_copy owner postgres`,
    );
  });
}

async function ensureTemplate(
  cluster: Cluster,
  name: string,
  build: (name: string) => Promise<void>,
): Promise<string> {
  const exists = await cluster.asAdmin(async (client) => {
    const found = await client.query('select from pg_database where datname = $1', [name]);
    return found.rowCount === 1;
  });
  if (exists) return name;

  const unfinished = `${name}_unfinished`;
  await build(unfinished);
  const kind = name.split('_')[0];
  await cluster.asAdmin(async (client) => {
    await client.query(`alter database ${unfinished} rename to ${name}`);
    await client.query(`alter database ${name} with is_template true allow_connections false`);
    const { rows: outdated } = await client.query<{ datname: string }>(
      'select datname from pg_database where datistemplate and datname like $1 and datname <> $2',
      [`${kind}\\_%`, name],
    );
    for (const { datname } of outdated) {
      await client.query(`alter database ${datname} with is_template false`);
      await client.query(`drop database ${datname}`);
    }
  });
  return name;
}

function bootstrapSources(): string[] {
  const directory = inProject('local', 'postgres', 'bootstrap');
  const sources = readdirSync(directory).sort().map((file) => join(directory, file));
  return [
    ...[...sources, inProject('local', 'lite.ts'), inProject('package-lock.json')]
      .map((file) => readFileSync(file, 'utf8')),
    postgresVersion(),
  ];
}

const hashOf = (parts: string[]) =>
  createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 16);
