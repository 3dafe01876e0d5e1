import type pg from 'pg';
import { readFileSync } from 'node:fs';
import { inProject } from '../../local/paths.ts';
import { writtenOn } from '../../local/reference/days.ts';
import { forServers, readCapabilities } from './capabilities.ts';
import { readCatalog } from './catalog.ts';
import { examples } from './examples.ts';
import { functionPaths, functionsTag } from './functions.ts';
import { refusalSchemas } from './refusals.ts';
import { namedSchemas } from './schemas.ts';
import { securitySchemes } from './security.ts';
import { sessionSchema, signInPaths, signInTag } from './sign-in.ts';
import { tableHeaders, tableParameters, tablePaths, tablesTag } from './tables.ts';
import { verbPaths } from './verbs.ts';
import { webhookParameters, webhooks, webhooksTag } from './webhooks.ts';

/** The path of the document. */
export const referencePath = 'docs/openapi.json';

/** The file and its content, generated from a migrated database. */
export async function referenceFiles(client: pg.Client): Promise<Record<string, string>> {
  return { [referencePath]: `${JSON.stringify(await referenceOf(client), null, 1)}\n` };
}

async function referenceOf(client: pg.Client) {
  const catalog = await readCatalog(client);
  const capabilities = readCapabilities();
  const { version } = JSON.parse(readFileSync(inProject('package.json'), 'utf8'));
  const refusal = (schema: string, type: string) => ({
    description: 'A refusal: the schema ErrorCode says what each code means and how to fix it.',
    content: { [type]: { schema: { $ref: `#/components/schemas/${schema}` } } },
  });
  return {
    openapi: '3.1.1',
    info: {
      title: 'Staybase',
      version,
      summary: 'The open-source backend for stay marketplaces',
      description: introduction,
      license: { name: 'MIT', identifier: 'MIT' },
      'x-examples-written-on': writtenOn,
    },
    servers: [
      { url: 'http://127.0.0.1:54321', description: 'A stack on this machine (npm start)' },
      {
        url: 'https://{project}.supabase.co',
        description: 'A Supabase project',
        variables: { project: { default: 'your-project' } },
      },
    ],
    tags: [
      { name: signInTag, description: signIn },
      ...capabilities.map(({ name, guides }) => ({
        name,
        description: guides.length === 0
          ? undefined
          : `Guides: ${guides.map(({ title, path }) => `[${title}](${path})`).join(', ')}.`,
      })),
      { name: forServers.name, description: 'Verbs that need the secret key.' },
      {
        name: functionsTag,
        description: 'For what SQL cannot do. A refusal is `application/problem+json`.',
      },
      { name: tablesTag, description: tables },
      { name: webhooksTag, description: telling },
    ].map((tag) => JSON.parse(JSON.stringify(tag))),
    paths: {
      ...signInPaths(examples),
      ...verbPaths(catalog, capabilities, examples),
      ...functionPaths(catalog, examples),
      ...tablePaths(catalog, examples),
    },
    webhooks: webhooks(catalog),
    components: {
      schemas: { Session: sessionSchema, ...refusalSchemas(catalog), ...namedSchemas(catalog) },
      parameters: { ...tableParameters, ...webhookParameters },
      headers: tableHeaders,
      responses: {
        Refusal: refusal('Refusal', 'application/json'),
        Problem: refusal('Problem', 'application/problem+json'),
      },
      securitySchemes,
    },
  };
}

const introduction =
  `The database decides: \`POST /rest/v1/rpc/<verb>\` calls a verb, \`GET /rest/v1/<table>\` reads a
table under its policies, and a few edge functions talk to Stripe and mail.

- **Amounts** are integers in minor units with an ISO 4217 code, **days** are dates in the time zone of the listing,
  \`check_out\` is exclusive.
- **Repeating** a request is safe: the client chooses the ids of what it creates.
- **Verbs that only read** (\`x-reads-only\`) also accept GET, with the arguments in the query.
- **x-callers** says who may call an operation: everyone, signed in, staff, server. Verbs and policies then
  decide what that person may do.
- **Examples** work in the small town that \`npm start\` builds, sent by whom their titles name, one after the
  other. Their days are moved to today there.
- **A refusal** is a code, not a sentence. The schema \`ErrorCode\` lists every code with its cause and remedy.`;

const signIn =
  `People sign up and in with Supabase Auth, whose own documentation has the rest of \`/auth/v1\`. The
access token goes with every request as \`Authorization: Bearer\`, the publishable key as \`apikey\`.`;

const tables =
  `A plain select. Each takes the same parameters: \`select\`, any column as a filter, \`order\`, \`limit\`
and \`offset\`. A header \`Accept: application/vnd.pgrst.object+json\` asks for one row instead of a list. A home has an
owner and may have co-hosts, so a select that embeds people names the way to them:
\`select=title,host:profiles!listings_host_id_fkey(display_name)\`.`;

const telling =
  `An operator registers an address with \`add_webhook_endpoint\` and gets a secret. Each event is a POST
with ids and states and no personal data. Verify \`Webhook-Signature\`, recognise an event by its \`id\` (it may
arrive more than once), and answer with a 2xx within ten seconds; any other answer is retried, up to twelve
times. After fifty failures in a row, or a 410, the endpoint is disabled until \`enable_webhook_endpoint\`.`;
