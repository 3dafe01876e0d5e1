/**
 * Brings the schema to a hosted or self-hosted Supabase project: `supabase db push`, after a look that
 * nothing which already ran there was edited since.
 *
 *   DATABASE_URL=postgresql://postgres:...@.../postgres npm run deploy [-- --dry-run]
 *
 * The address comes from the environment, since every user of a machine sees the arguments of every
 * process; `--database-url` takes one without a password, which PGPASSWORD then has.
 *
 * Run again it changes nothing. Functions and secrets follow with the Supabase CLI; the end says how.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { inProject } from '../local/paths.ts';
import { ChangedMigration, migrationsToApply, readMigrations } from '../local/postgres/migrate.ts';

const { values } = parseArgs({
  options: {
    'database-url': { type: 'string', default: process.env.DATABASE_URL ?? '' },
    'dry-run': { type: 'boolean', default: false },
  },
});
const databaseUrl = values['database-url'];
if (databaseUrl === '') {
  end(
    'Say where: DATABASE_URL=postgresql://postgres:PASSWORD@HOST:5432/postgres npm run deploy',
  );
}
const { address, password } = withoutPassword(databaseUrl);
if (password !== undefined && values['database-url'] !== process.env.DATABASE_URL) {
  console.warn(
    'A password among the arguments is seen by every user of this machine. Put the address into ' +
      'DATABASE_URL, or the password alone into PGPASSWORD.',
  );
}

const missing = await lookFirst();
console.log(
  missing.length === 0
    ? 'The schema is up to date.'
    : `To apply: ${missing.map((migration) => migration.name).join(', ')}`,
);
if (missing.length > 0) push();
console.log(`
Next, with the Supabase CLI logged in and the project linked:
  npx supabase functions deploy --use-api
  npx supabase secrets set STAYBASE_ENVIRONMENT=production STRIPE_SECRET_KEY=... STRIPE_WEBHOOK_SECRET=... STRIPE_HOST_WEBHOOK_SECRET=... SMTP_URL=... MAIL_FROM=...
and once, in the SQL editor, so that the database can call its functions:
  select vault.create_secret('https://PROJECT.supabase.co', 'staybase_url');
  select vault.create_secret('sb_secret_...', 'staybase_secret_key');
Then see that all is well: select * from private.health();`);

async function lookFirst() {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ there: boolean }>(
      `select to_regclass('supabase_migrations.schema_migrations') is not null as there`,
    );
    return rows[0]?.there === true ? await migrationsToApply(client) : readMigrations();
  } catch (error) {
    if (error instanceof ChangedMigration) {
      end(
        `${error.message}\nUntil version 1.0 chapters are edited in place and a database is rebuilt, not ` +
          `migrated: this one can't be brought up to date. Nothing was changed.`,
      );
    }
    end(`Can't read the database: ${error instanceof Error ? error.message : error}`);
  } finally {
    await client.end();
  }
}

function push(): void {
  const { status } = spawnSync(inProject('node_modules', '.bin', 'supabase'), [
    ...['db', 'push', `--remote=${address}`, '--yes', '--skip-vault'],
    ...(values['dry-run'] ? ['--dry-run'] : []),
  ], {
    cwd: inProject(),
    stdio: 'inherit',
    env: {
      ...process.env,
      SUPABASE_TELEMETRY_DISABLED: '1',
      ...(password === undefined ? {} : { PGPASSWORD: password }),
    },
  });
  if (status !== 0) {
    end('The push failed; what was applied before stays, the failed file left nothing.');
  }
}

/** An address of a database, and the password that was in it. */
function withoutPassword(address: string): { address: string; password?: string } {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    end('DATABASE_URL is not an address such as postgresql://postgres:PASSWORD@HOST:5432/postgres');
  }
  const written = url.password || url.searchParams.get('password') || '';
  if (written === '') return { address };
  const password = url.password ? decodeURIComponent(written) : written;
  url.password = '';
  url.searchParams.delete('password');
  return { address: url.href, password };
}

function end(message: string): never {
  console.error(message);
  process.exit(1);
}
