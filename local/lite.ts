import type { createPostgresConnection } from '@supabase/lite/postgres';
import { tmpdir } from 'node:os';
import { confirmsBoth } from './email-change.ts';
import { keys } from './keys.ts';
import type { Mailbox } from './mail.ts';
import { inProject } from './paths.ts';
import { storageFiles } from './storage-files.ts';
import { isListing, listFolder } from './storage-lists.ts';

// Read by Lite when it is loaded, hence the imports at run time below.
process.env.EXPERIMENTAL_STORAGE = '1';

export interface AuthAndStorageOptions {
  /** Connection string of `supabase_lite`. */
  databaseUrl: string;
  /** Where links in mails lead: the frontend's address. */
  siteUrl: string;
  /** Folder for the objects. */
  storageDirectory: string;
  mailbox: Mailbox;
}

export interface AuthAndStorage {
  fetch(request: Request): Promise<Response>;
  stop(): Promise<void>;
}

/** Supabase Lite, used for /auth/v1 and /storage/v1 and nothing else. */
export async function startAuthAndStorage(options: AuthAndStorageOptions): Promise<AuthAndStorage> {
  const { App } = await import('@supabase/lite');
  const connection = await connect(options.databaseUrl);
  const mail = (name: string, subject: string) => ({
    subject,
    content_path: inProject('supabase', 'templates', `${name}.html`),
  });
  const app = new App({
    connection,
    auth: {
      enabled: true,
      jwt_secret: keys.jwtSecret,
      publishable_key: keys.publishable,
      secret_key: keys.secret,
      site_url: options.siteUrl,
      minimum_password_length: 8,
      email: {
        template: {
          confirmation: mail('confirmation', 'Confirm your address'),
          recovery: mail('recovery', 'Choose a new password'),
          magic_link: mail('magic-link', 'Sign in'),
          email_change: mail('email-change', 'Confirm your new address'),
          invite: mail('invite', 'You are invited'),
        },
      },
    },
    storage: { enabled: true, file_size_limit: '50MiB' },
    options: { drivers: { email: options.mailbox }, server: { disableStudio: true } },
  });
  app._storageAdapter = storageFiles(options.storageDirectory);
  await withoutWarnings(() => app.init());
  const emailChange = confirmsBoth(options);
  const lite = async (request: Request) => await app.fetch(request, { peerAddress: null });
  return {
    fetch: (request) =>
      new URL(request.url).pathname.startsWith('/auth/v1/')
        ? emailChange.answer(request, lite)
        : isListing(request)
        ? listFolder(request, lite)
        : lite(request),
    async stop() {
      await emailChange.stop();
      await connection.close();
    },
  };
}

/** Creates the schemas auth, storage and supabase_migrations; `url` is a superuser's. */
export async function provisionAuthAndStorage(url: string): Promise<void> {
  const { App } = await import('@supabase/lite');
  const connection = await connect(url);
  try {
    const app = new App({ connection, auth: { enabled: true }, storage: { enabled: true } });
    app._storageAdapter = storageFiles(tmpdir());
    await withoutWarnings(() => app.ensureSystemSchema());
  } finally {
    await connection.close();
  }
}

/**
 * Connects Supabase Lite to a database.
 *
 * Two of its habits are switched off. It writes JSON encoded twice, so strings that are JSON already
 * are passed on as they are. And it grants every table of every schema to the API roles as soon as it
 * meets one with row level security, so that step does nothing.
 */
async function connect(url: string): Promise<ReturnType<typeof createPostgresConnection>> {
  const lite = await import('@supabase/lite/postgres');
  const asItIs = (value: unknown) => typeof value === 'string' ? value : JSON.stringify(value);
  const connection = lite.createPostgresConnection({
    url,
    postgresOptions: {
      max: 4,
      onnotice: () => {},
      types: {
        json: { to: 114, from: [114], serialize: asItIs, parse: JSON.parse },
        jsonb: { to: 3802, from: [3802], serialize: asItIs, parse: JSON.parse },
      },
    },
  });
  Object.assign(connection, { ensureRlsContext: () => Promise.resolve(true) });
  return connection;
}

/** Lite announces at every start that its Storage is experimental; that is no news to a newcomer. */
async function withoutWarnings<T>(work: () => Promise<T>): Promise<T> {
  const { warn } = console;
  console.warn = () => {};
  try {
    return await work();
  } finally {
    console.warn = warn;
  }
}
