import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { demoPassword, demoPeople } from '../../local/demo-people.ts';
import { keys } from '../../local/keys.ts';
import { inProject } from '../../local/paths.ts';
import { examples } from '../../scripts/reference/examples.ts';
import { referencePath } from '../../scripts/reference/document.ts';

export interface Operation {
  operationId: string;
  'x-callers'?: string[];
  requestBody?: {
    content: Record<string, { schema: unknown; examples?: Record<string, ShownExample> }>;
  };
  responses: Record<string, { content?: Record<string, { schema: unknown }>; $ref?: string }>;
}

interface ShownExample {
  summary: string;
  value: Record<string, unknown>;
  'x-as': string;
  'x-filters'?: Record<string, string>;
}

export interface Reference {
  openapi: string;
  servers: { url: string }[];
  paths: Record<string, Record<string, Operation>>;
  webhooks: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Record<string, unknown>> };
}

export const readReference = (): Reference =>
  JSON.parse(readFileSync(inProject(referencePath), 'utf8'));

/** An example as it is shown, with where it is sent. */
export interface Sent {
  path: string;
  method: string;
  operation: Operation;
  example: ShownExample;
  title: string;
}

/** Every example that the document shows, in the order in which they work one after the other. */
export function examplesOf(reference: Reference): Sent[] {
  const shown = Object.entries(reference.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) =>
      Object.values(operation.requestBody?.content['application/json']?.examples ?? {})
        .map((example): Sent => ({
          path,
          method,
          operation,
          example,
          title: `${operation.operationId}: ${example.summary}`,
        }))
    )
  );
  const place = ({ operation, example }: Sent) =>
    examples.findIndex((one) =>
      `${one.says} (as ${one.as})` === example.summary &&
      [one.verb, one.operation, `change_${one.table}`, `insert_${one.table}`].includes(
        operation.operationId,
      )
    );
  return shown.toSorted((one, other) => place(one) - place(other));
}

/** Tells what is wrong with a value by a schema of the document, which knows every field there is. */
export function checkerOf(reference: Reference) {
  const strict = structuredClone(reference);
  for (const schema of Object.values(strict.components.schemas)) {
    // What the document leaves out of an answer would not be seen otherwise.
    if (schema.type === 'object') schema.additionalProperties = false;
  }
  // Auth says more about a person than anybody here needs.
  strict.components.schemas.Session!.additionalProperties = true;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv, [
    'date',
    'date-time',
    'uuid',
    'email',
    'int32',
    'int64',
    'double',
    'uri',
  ]);
  ajv.addSchema(strict, 'reference');
  const known = new Map<string, ReturnType<typeof ajv.compile>>();
  return (pointer: (string | number)[], value: unknown): string[] => {
    const fragment = pointer
      .map((part) => encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    const check = known.get(fragment) ?? ajv.compile({ $ref: `reference#/${fragment}` });
    known.set(fragment, check);
    if (check(value)) return [];
    return (check.errors ?? []).map(({ instancePath, message, params }) =>
      `${instancePath || 'all'} ${message} ${JSON.stringify(params)}`
    );
  };
}

/** Sends requests as the people of the town. */
export function townOf(origin: string) {
  const tokens = new Map<string, string>();

  async function headersOf(who: string): Promise<Record<string, string>> {
    if (who === 'server') return { apikey: keys.secret };
    if (who === 'anyone') return { apikey: keys.publishable };
    const known = tokens.get(who);
    if (known !== undefined) {
      return { apikey: keys.publishable, authorization: `Bearer ${known}` };
    }
    const person = demoPeople.find(({ name }) => name === who);
    if (person === undefined) throw new Error(`${who} is not of the town.`);
    const answer = await fetch(`${origin}/auth/v1/token?grant_type=password`, {
      method: 'POST',
      headers: { apikey: keys.publishable, 'content-type': 'application/json' },
      body: JSON.stringify({ email: person.email, password: demoPassword }),
    });
    const { access_token: token } = await answer.json() as { access_token: string };
    tokens.set(who, token);
    return await headersOf(who);
  }

  return {
    async read(path: string, who: string) {
      return await fetch(`${origin}${path}`, { headers: await headersOf(who) });
    },
    /** The request as its example has it, and what came back. */
    async send({ path, method, example, operation }: Sent) {
      const query = new URLSearchParams(
        operation.operationId === 'sign_in' ? { grant_type: 'password' } : example['x-filters'],
      );
      const answer = await fetch(`${origin}${path}?${query}`, {
        method: method.toUpperCase(),
        headers: {
          ...await headersOf(example['x-as']),
          'content-type': 'application/json',
          ...(path.startsWith('/rest/v1/rpc/') ? {} : { prefer: 'return=representation' }),
        },
        body: JSON.stringify(example.value),
      });
      const text = await answer.text();
      return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
    },
  };
}
