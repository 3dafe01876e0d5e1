/**
 * Brings the schema to a hosted or self-hosted Supabase project: `supabase db push`, after a look that
 * nothing which already ran there was edited since.
 *
 *   npm run deploy -- --database-url postgresql://postgres:...@.../postgres [--dry-run]
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
    'Say where: npm run deploy -- --database-url postgresql://postgres:PASSWORD@HOST:5432/postgres',
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
    ...['db', 'push', `--remote=${databaseUrl}`, '--yes', '--skip-vault'],
    ...(values['dry-run'] ? ['--dry-run'] : []),
  ], {
    cwd: inProject(),
    stdio: 'inherit',
    env: { ...process.env, SUPABASE_TELEMETRY_DISABLED: '1' },
  });
  if (status !== 0) {
    end('The push failed; what was applied before stays, the failed file left nothing.');
  }
}

function end(message: string): never {
  console.error(message);
  process.exit(1);
}
