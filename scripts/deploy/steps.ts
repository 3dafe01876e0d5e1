import { createHash } from 'node:crypto';
import type pg from 'pg';
import { functionNames } from '../../local/functions.ts';
import { inProject } from '../../local/paths.ts';
import { ChangedMigration, migrateAt, migrationsToApply } from '../../local/postgres/migrate.ts';
import { isFrozen } from '../release/frozen.ts';
import { readBuckets } from './buckets.ts';
import { connectionTo, isThere } from './database.ts';
import { DeployProblem } from './problem.ts';
import {
  beginDeployment,
  type DeployedFunction,
  fingerprint,
  noteFunctions,
  readDeployments,
} from './record.ts';
import { type Revision, withConfig } from './revision.ts';
import { ask, cli } from './supabase.ts';
import type { Target } from './target.ts';

export interface Deployment {
  target: Target;
  revision: Revision;
  /** A connection as `postgres`. */
  client: pg.Client;
}

/** A part of a marketplace that can be brought up to date. What is to be done is asked of the target itself. */
export interface Step {
  name: string;
  /** What differs there, a line each; nothing when all is as it is to be. `undefined`: not ours to do here. */
  look(deployment: Deployment): Promise<string[] | undefined>;
  /** Makes it so; doing it again changes nothing. */
  bring(deployment: Deployment): Promise<void>;
}

const migrations: Step = {
  name: 'migrations',
  async look({ client }) {
    try {
      return (await migrationsToApply(client)).map(({ name }) => name);
    } catch (error) {
      if (!(error instanceof ChangedMigration)) throw error;
      throw new DeployProblem(
        `${error.message}\n` +
          (isFrozen(inProject())
            ? 'Put the file back as it was released. Nothing was changed.'
            : 'Until version 1.0 chapters are edited in place and a database is rebuilt, not ' +
              `migrated: this one can't be brought up to date. Nothing was changed.`),
      );
    }
  },
  async bring({ target }) {
    await migrateAt(connectionTo(target.databaseUrl));
  },
};

/** The database and its functions have to agree on what this is. */
const environment: Step = {
  name: 'environment',
  async look({ client, target }) {
    if (target.environment === undefined) return undefined;
    const current = await isThere(client, 'private.settings')
      ? (await client.query('select environment from private.settings')).rows[0]?.environment
      : 'production';
    return current === target.environment ? [] : [`${current} becomes ${target.environment}`];
  },
  async bring({ client, target }) {
    await client.query('update private.settings set environment = $1', [target.environment]);
  },
};

const buckets: Step = {
  name: 'buckets',
  async look({ client }) {
    const { rows } = await isThere(client, 'storage.buckets')
      ? await client.query(
        'select id, public, file_size_limit::int as bytes, allowed_mime_types as types from storage.buckets',
      )
      : { rows: [] };
    return readBuckets().flatMap((bucket) => {
      const found = rows.find(({ id }) => id === bucket.id);
      if (found === undefined) return [`${bucket.id} is made`];
      return JSON.stringify(found) === JSON.stringify(bucket) ? [] : [`${bucket.id} is set right`];
    });
  },
  async bring({ client }) {
    for (const { id, public: isPublic, bytes, types } of readBuckets()) {
      await client.query(
        `insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
         values ($1, $1, $2, $3, $4)
         on conflict (id) do update set public = excluded.public,
           file_size_limit = excluded.file_size_limit, allowed_mime_types = excluded.allowed_mime_types`,
        [id, isPublic, bytes, types],
      );
    }
  },
};

/** What supabase/config.toml says about Auth, the API and Storage. */
const config: Step = {
  name: 'config',
  async look({ target: { project, siteUrl = '' } }) {
    if (project === undefined) return undefined;
    return await withConfig(siteUrl, async (workdir) => {
      const { code, said } = await cli(project, ['config', 'diff', '--exit-code'], { workdir });
      if (code === 0) return [];
      if (code !== 2) throw new DeployProblem(`config diff failed:\n${said}`);
      return said.trim().split('\n');
    });
  },
  async bring({ target: { project, siteUrl = '' } }) {
    if (project === undefined) return;
    await withConfig(siteUrl, async (workdir) => {
      const { code, said } = await cli(project, ['config', 'push', '--yes'], { workdir });
      if (code !== 0) throw new DeployProblem(`config push failed:\n${said}`);
    });
  },
};

/** Supabase tells of a secret only its SHA-256, which is enough to know whether it is another one. */
const secrets: Step = {
  name: 'secrets',
  async look({ target }) {
    if (target.project === undefined) return undefined;
    return [...await differingSecrets(target)].map(([name, isNew]) =>
      isNew ? `${name} is set` : `${name} is replaced`
    );
  },
  async bring({ target }) {
    if (target.project === undefined) return;
    const differing = await differingSecrets(target);
    await ask(
      target.project,
      'secrets',
      [...differing.keys()].map((name) => ({ name, value: target.settings.get(name) })),
    );
  },
};

async function differingSecrets({ project, settings }: Target): Promise<Map<string, boolean>> {
  if (project === undefined) return new Map();
  const there = new Map(
    (await ask<{ name: string; value: string }[]>(project, 'secrets'))
      .map(({ name, value }) => [name, value]),
  );
  return new Map(
    [...settings].filter(([name, value]) => there.get(name) !== sha256(value))
      .map(([name]) => [name, !there.has(name)]),
  );
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/**
 * A platform does not say which commit a function was built from. The database remembers it, beside what
 * the platform listed at the time: when the list reads differently now, somebody else was there.
 */
const functions: Step = {
  name: 'functions',
  async look({ target: { project }, client, revision }) {
    if (project === undefined) return undefined;
    const { functions: last } = await readDeployments(client);
    const listed = await ask<DeployedFunction[]>(project, 'functions');
    const bySlug = new Map(listed.map((one) => [one.slug, one]));
    return functionNames().flatMap((name) => {
      const now = bySlug.get(name);
      const then = last?.listed.find(({ slug }) => slug === name);
      if (now === undefined) return [`${name} is new`];
      if (last?.revision !== revision.id || then === undefined) {
        return [`${name} comes from ${revision.id.slice(0, 12)}`];
      }
      const { version, ezbr_sha256 } = fingerprint(now);
      return version === then.version && ezbr_sha256 === then.ezbr_sha256
        ? []
        : [`${name} was replaced by somebody else, and comes again`];
    });
  },
  async bring({ target: { project }, client, revision }) {
    if (project === undefined) return;
    await bringFunctions(project);
    await noteFunctions(
      client,
      await beginDeployment(client, revision),
      await ask<DeployedFunction[]>(project, 'functions'),
    );
  },
};

/** Brings the functions of a folder; the platform leaves those alone that are the same. */
export async function bringFunctions(
  project: NonNullable<Target['project']>,
  workdir = inProject(),
): Promise<void> {
  const { code, said } = await cli(project, ['functions', 'deploy', '--use-api', '--yes'], {
    workdir,
  });
  if (code !== 0) throw new DeployProblem(`functions deploy failed:\n${said}`);
}

/** The beat of the clock, and with which address and key the database calls its functions. */
const schedules: Step = {
  name: 'schedules',
  async look({ client, target }) {
    const hasClock = await isThere(client, 'cron.job');
    const { rows: jobs } = hasClock
      ? await client.query(
        `select from cron.job where jobname like 'staybase%' and active and command ~ 'run_due_jobs'`,
      )
      : { rows: [] };
    return [
      ...(hasClock && jobs.length === 0 && await isThere(client, 'private.settings')
        ? ['private.run_due_jobs() is scheduled each minute']
        : []),
      ...(await differingVault(client, target)).map(([name]) => `vault: ${name} is set`),
    ];
  },
  async bring({ client, target }) {
    if (await isThere(client, 'cron.job')) {
      await client.query(`
        select cron.schedule('staybase', '* * * * *',
          case prokind when 'p' then 'call private.run_due_jobs()' else 'select private.run_due_jobs()' end)
        from pg_catalog.pg_proc where oid = to_regproc('private.run_due_jobs')
          and not exists (select from cron.job
            where jobname like 'staybase%' and active and command ~ 'run_due_jobs')`);
    }
    for (const [name, value] of await differingVault(client, target)) {
      const { rows: [there] } = await client.query(
        'select id from vault.decrypted_secrets where name = $1',
        [name],
      );
      if (there === undefined) {
        await client.query('select vault.create_secret($1, $2)', [value, name]);
      } else await client.query('select vault.update_secret($1, $2)', [there.id, value]);
    }
  },
};

/** Without a vault something else calls the functions, such as a worker or the clock of the local stack. */
async function differingVault(client: pg.Client, { api }: Target): Promise<[string, string][]> {
  if (api === undefined || !await isThere(client, 'vault.decrypted_secrets')) return [];
  const wanted: [string, string][] = [
    ['staybase_url', api.url],
    ['staybase_secret_key', api.secretKey],
  ];
  const { rows } = await client.query<{ name: string; secret: string }>(
    'select name, decrypted_secret as secret from vault.decrypted_secrets where name = any($1)',
    [wanted.map(([name]) => name)],
  );
  return wanted.filter(([name, value]) => rows.find((row) => row.name === name)?.secret !== value);
}

/**
 * In this order: functions find the schema and the settings that they were written for, and are called
 * only when they are there.
 */
export const steps: Step[] = [
  migrations,
  environment,
  buckets,
  config,
  secrets,
  functions,
  schedules,
];
