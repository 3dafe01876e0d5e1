import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { inProject } from '../../local/paths.ts';
import { ask } from './supabase.ts';
import type { Target } from './target.ts';

export interface Item {
  /** As a table of docs/operations.md begins its row. */
  what: string;
  /** True or false where it could be looked up, with what was seen; undefined for whoever deploys to look. */
  done: boolean | undefined;
  seen: string;
}

/** What a project's settings say; a part is missing where the token may not read it. */
interface Settings {
  auth?: {
    disable_signup?: boolean;
    mailer_autoconfirm?: boolean;
    smtp_host?: string | null;
    security_captcha_enabled?: boolean | null;
    password_hibp_enabled?: boolean | null;
  };
  network?: { config?: { dbAllowedCidrs?: string[] } };
  ssl?: { currentConfig?: { database?: boolean } };
  realtime?: { private_only?: boolean | null };
}

/** Goes through the list of what must be so before strangers may sign up. */
export async function readChecklist(
  client: pg.Client,
  target: Target,
): Promise<{ items: Item[]; signUpsAreOff: boolean }> {
  const health = await readHealth(client);
  const { auth, network, ssl, realtime } = await readSettings(target);
  const byHealth = (part: string): Pick<Item, 'done' | 'seen'> => {
    const row = health.get(part);
    return row === undefined
      ? look('private.health() does not say: the schema is not there yet, or this is a local stack')
      : { done: row.healthy, seen: row.detail };
  };
  const by = (value: boolean | null | undefined, yes: string, no: string, where: string) =>
    value === undefined ? look(where) : { done: value === true, seen: value === true ? yes : no };

  const cidrs = network?.config?.dbAllowedCidrs;
  const isRestricted = cidrs === undefined || ssl === undefined ? undefined : ssl
        .currentConfig?.database === true && !cidrs.some((cidr) => cidr.endsWith('/0'));
  const confirmations = byHealth('confirmations');
  const items: Item[] = [
    {
      what: 'Confirmations',
      ...(auth?.mailer_autoconfirm === true
        ? { done: false, seen: 'Auth accepts addresses without confirmation' }
        : confirmations),
    },
    {
      what: 'SMTP of your own',
      ...(target.settings.has('SMTP_URL')
        ? by(
          auth === undefined ? undefined : Boolean(auth.smtp_host),
          'Auth and Staybase have one',
          "Auth uses Supabase's own sender",
          'Staybase has SMTP_URL; check that of Auth under Authentication > Emails',
        )
        : target.settings.has('STAYBASE_ENVIRONMENT')
        ? { done: false, seen: 'SMTP_URL is not set' }
        : look('SMTP_URL of the functions, and Authentication > Emails')),
    },
    {
      what: 'A CAPTCHA',
      ...by(
        auth?.security_captcha_enabled,
        'Auth requires one',
        'Auth does not require one',
        'Authentication > Attack Protection',
      ),
    },
    { what: 'A second factor for staff', ...byHealth('staff_mfa') },
    {
      what: 'Leaked passwords',
      ...by(
        auth?.password_hibp_enabled,
        'Auth refuses them',
        'Auth accepts them',
        'Authentication > Attack Protection',
      ),
    },
    {
      what: 'The database is reached only',
      ...by(
        isRestricted,
        'addresses are restricted, and SSL is enforced',
        'any address may connect, or SSL is not enforced',
        'Settings > Database',
      ),
    },
    {
      what: 'Realtime channels are private',
      ...(realtime?.private_only === false
        ? { done: false, seen: 'Realtime > Settings allows public access' }
        : realtime?.private_only === true
        ? byHealth('realtime')
        : look('Realtime > Settings: "Allow public access" off')),
    },
    { what: 'Statements of clients end after a time', ...byHealth('time_limits') },
    { what: 'pg_graphql is off', ...byHealth('graphql') },
    { what: 'Your own keys', ...look('search the built frontend for sb_secret_') },
    { what: "Auth's e-mails", ...look('follow each once') },
  ];
  return { items, signUpsAreOff: auth?.disable_signup === true };
}

/** Goes through what must be set before the first guest and is asked for nowhere else. */
export async function readFirstGuest(client: pg.Client, { settings }: Target): Promise<Item[]> {
  if (!await hasSchema(client)) return [];
  const { rows: [set] } = await client.query<{ staff: number; taxes: number }>(
    `select (select count(*)::integer from private.staff) as staff,
       (select count(*)::integer from private.taxes) as taxes`,
  );
  const { staff = 0, taxes = 0 } = set ?? {};
  const canMail = settings.has('SMTP_URL') && settings.has('MAIL_FROM');
  return [
    {
      what: 'E-mails',
      ...(canMail || settings.has('STAYBASE_ENVIRONMENT')
        ? {
          done: canMail,
          seen: canMail ? 'they can be sent' : 'they wait: set SMTP_URL and MAIL_FROM',
        }
        : look('SMTP_URL and MAIL_FROM of the functions')),
    },
    {
      what: 'Taxes',
      ...(taxes > 0
        ? { done: true, seen: `${taxes} in private.taxes` }
        : look('private.taxes has none, so none is charged')),
    },
    {
      what: 'The first of staff',
      done: staff > 0,
      seen: staff > 0 ? `${staff} of staff` : 'nobody can decide a complaint: call add_staff',
    },
  ];
}

const look = (where: string) => ({ done: undefined, seen: where });

async function hasSchema(client: pg.Client): Promise<boolean> {
  const { rows: [there] } = await client.query(
    `select to_regprocedure('private.health()') is not null as is`,
  );
  return there?.is === true;
}

async function readHealth(client: pg.Client) {
  if (!await hasSchema(client)) return new Map<string, { healthy: boolean; detail: string }>();
  const { rows } = await client.query<{ part: string; healthy: boolean; detail: string }>(
    'select part, healthy, detail from private.health()',
  );
  return new Map(rows.map((row) => [row.part, row]));
}

async function readSettings({ project }: Target): Promise<Settings> {
  if (project === undefined) return {};
  const paths = {
    auth: 'config/auth',
    network: 'network-restrictions',
    ssl: 'ssl-enforcement',
    realtime: 'config/realtime',
  };
  const answers = await Promise.all(
    Object.entries(paths).map(async ([name, path]) =>
      // A token of narrow scope may not read all of them: then a person looks.
      [name, await ask<object>(project, path).catch(() => undefined)] as const
    ),
  );
  return Object.fromEntries(answers.filter(([, answer]) => answer !== undefined));
}

/** The rows of a list in docs/operations.md. */
export function documentedList(title: string): string[] {
  const operations = readFileSync(inProject('docs', 'operations.md'), 'utf8');
  const section = operations.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? '';
  return [...section.matchAll(/^\| (?!what \||---)(.*?) \|/gm)].map(([, what = '']) => what);
}
