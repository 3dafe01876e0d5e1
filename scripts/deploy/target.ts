import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { DeployProblem } from './problem.ts';

/**
 * The settings that functions read, as Supabase's secrets. `SUPABASE_...` ones are the platform's own.
 * tests/stack/deploy.test.ts holds the list against what the functions ask for.
 */
export const functionSettings = [
  'STAYBASE_ENVIRONMENT',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
  'STRIPE_HOST_WEBHOOK_SECRET',
  'STRIPE_API_URL',
  'SMTP_URL',
  'MAIL_FROM',
  'MAIL_SINK_URL',
  'STAYBASE_SITE_URL',
  'UNSUBSCRIBE_URL',
  'GRAPHQL_DATABASE_URL',
  'GRAPHQL_ONLY_PERSISTED',
  'METRICS_TOKEN',
];

const neededOnSupabase = [
  'STAYBASE_ENVIRONMENT',
  'STAYBASE_SITE_URL',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
  'STRIPE_HOST_WEBHOOK_SECRET',
  'SUPABASE_SECRET_KEY',
  'SUPABASE_PUBLISHABLE_KEY',
];

/** Where to, and with what. Everything secret is in it, and nothing of it is an argument of a process. */
export interface Target {
  databaseUrl: string;
  /** A project of Supabase's; without one the functions, their settings and Auth's are somebody else's. */
  project?: { ref: string; token: string };
  environment?: 'production' | 'staging' | 'local';
  /** The API, with its keys: for the vault and the smoke test. */
  api?: { url: string; publishableKey: string; secretKey: string };
  siteUrl?: string;
  /** What functions are to read. */
  settings: Map<string, string>;
  /** Where the same commit has to be proved first. */
  stagingDatabaseUrl?: string;
  /** Takes the e-mails of the smoke test's people, as `name+...@domain`. */
  smokeEmail?: string;
}

/** Reads the environment and, above it, a file of settings (`/dev/stdin` is one too). */
export function readTarget(envFile: string | undefined): Target {
  const env = { ...process.env, ...(envFile === undefined ? {} : fileOf(envFile)) };
  const value = (name: string) => env[name]?.trim() || undefined;

  const databaseUrl = value('DATABASE_URL');
  if (databaseUrl === undefined) {
    throw new DeployProblem(
      'Say where: DATABASE_URL=postgresql://postgres:PASSWORD@HOST:5432/postgres, in the environment ' +
        'or in a file named by --env-file.',
    );
  }
  if (!URL.canParse(databaseUrl)) {
    throw new DeployProblem(
      'DATABASE_URL is not an address such as postgresql://postgres:PASSWORD@HOST:5432/postgres',
    );
  }
  const environment = value('STAYBASE_ENVIRONMENT');
  if (environment !== undefined && !isEnvironment(environment)) {
    throw new DeployProblem('STAYBASE_ENVIRONMENT must be production, staging or local.');
  }
  const ref = value('SUPABASE_PROJECT_REF');
  if (ref !== undefined) {
    const missing = ['SUPABASE_ACCESS_TOKEN', ...neededOnSupabase].filter((name) => !value(name));
    if (missing.length > 0) {
      throw new DeployProblem(
        `A deploy to a Supabase project also needs: ${missing.join(', ')}`,
      );
    }
  }
  const key = value('STRIPE_SECRET_KEY') ?? '';
  if (environment !== 'production' && isLiveKey(key)) {
    throw new DeployProblem(
      `A live Stripe key moves real money, and this is ${environment ?? 'no environment'}.`,
    );
  }
  const url = value('SUPABASE_URL') ??
    (ref === undefined ? undefined : `https://${ref}.supabase.co`);
  const [publishableKey, secretKey] = [
    value('SUPABASE_PUBLISHABLE_KEY'),
    value('SUPABASE_SECRET_KEY'),
  ];
  return {
    databaseUrl,
    ...(ref === undefined ? {} : { project: { ref, token: value('SUPABASE_ACCESS_TOKEN') ?? '' } }),
    ...(environment === undefined ? {} : { environment }),
    ...(url && publishableKey && secretKey ? { api: { url, publishableKey, secretKey } } : {}),
    ...optional('siteUrl', value('STAYBASE_SITE_URL')),
    settings: new Map(functionSettings.flatMap((name) => {
      const given = value(name);
      return given === undefined ? [] : [[name, given] as const];
    })),
    ...optional('stagingDatabaseUrl', value('STAGING_DATABASE_URL')),
    ...optional('smokeEmail', value('SMOKE_EMAIL')),
  };
}

/** True for a key that moves real money. */
export const isLiveKey = (key: string) => /^[a-z]+_live_/.test(key);

const isEnvironment = (word: string): word is NonNullable<Target['environment']> =>
  ['production', 'staging', 'local'].includes(word);

const optional = <Name extends string>(name: Name, value: string | undefined) =>
  (value === undefined ? {} : { [name]: value }) as Partial<Record<Name, string>>;

function fileOf(path: string): Record<string, string | undefined> {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new DeployProblem(`Can't read ${path}: ${(error as Error).message}`);
  }
}
