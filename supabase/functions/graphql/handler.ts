import { type Handler, parseJson, readText } from '../_shared/http.ts';
import { causeOf } from '../_shared/log.ts';
import { Problem } from '../_shared/problem.ts';
import type { Caller, Callers } from './caller.ts';
import { documentRequest } from './contract.ts';
import persisted from './documents.json' with { type: 'json' };
import { fieldsAtFault, shown, tell } from './errors.ts';
import { checkLength, checkLimits, limits } from './limits.ts';
// @ts-types='./schema.d.ts'
import {
  type Document,
  execute,
  getVariableValues,
  NoSchemaIntrospectionCustomRule,
  type Operation,
  parse,
  schema,
  specifiedRules,
  validate,
} from './schema.js';
import type { Client, Sessions } from './sessions.ts';

export interface Ports {
  callers: Callers;
  sessions: Sessions;
  /** Whether the schema may be asked about itself; off where strangers are. */
  introspection: boolean;
  /** Whether only documents of documents.json are taken, by their hash. */
  onlyPersisted: boolean;
}

/** A document that was found to be good, kept so that grafast finds its plan again. */
interface Known {
  document: Document;
  operations: readonly Operation[];
  /** Those without variables that are within the limits: they stay so. */
  withinLimits: Set<Operation>;
}

const rememberedDocuments = 500;

/**
 * `{query, variables, operationName}` becomes `{data, errors}`, as GraphQL over HTTP says. Queries of
 * one request see one state of the database, in a read-only transaction; a mutation is all or nothing.
 * What the database refuses stands in `errors` with the code that REST has for it in `extensions`.
 */
export function answerDocuments(
  { callers, sessions, introspection, onlyPersisted }: Ports,
): Handler {
  const rules = introspection
    ? specifiedRules
    : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const known = new Map<string, Known>();

  return async (request, note) => {
    try {
      return await answer();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      note({ code: error.code, ...(error.status >= 500 ? { cause: causeOf(error) } : {}) });
      return json({ errors: [shown(tell(error))] }, error.status, error.code);
    }

    async function answer(): Promise<Response> {
      // A form of another site can send all but this type without asking first.
      if (!/^application\/json\s*(;|$)/i.test(request.headers.get('content-type') ?? '')) {
        throw new Problem('invalid_body', 'Send application/json.');
      }
      const caller = await callers.of(request);
      const asked = readBody(await readText(request, limits.bodyBytes));
      const { document, operations, withinLimits } = documentOf(asked.text);
      const operation = operationOf(operations, asked.operationName);
      const variables = variablesOf(operation, asked.variables);
      if (!withinLimits.has(operation)) {
        checkLimits(document, operation, variables);
        if (!operation.variableDefinitions?.length) withinLimits.add(operation);
      }
      note({ operation: operation.operation });

      const result = await run(caller, document, operation, asked);
      const errors = result.errors && await Promise.all(result.errors.map(async (error) => {
        const cause = error.originalError ?? error;
        const told = tell(cause, caller.role);
        if (told.status >= 500) note({ code: told.code, cause: causeOf(cause) });
        const fields = told.fields ?? await fieldsAtFault(cause, sessions.columnsOf);
        return shown({ ...told, fields }, error);
      }));
      const data = result.data ?? 'null';
      const text = errors === undefined
        ? `{"data":${data}}`
        : `{"errors":${JSON.stringify(errors)},"data":${data}}`;
      if (text.length > limits.answerBytes) throw new Problem('answer_too_large');
      return new Response(text, { headers: { 'content-type': contentType } });
    }
  };

  function run(caller: Caller, document: Document, operation: Operation, asked: Asked) {
    const readOnly = operation.operation === 'query';
    return execute({
      schema,
      document,
      operationName: asked.operationName,
      variableValues: asked.variables,
      outputDataAsString: true,
      contextValue: {
        pgSettings: null,
        withPgClient: <T>(_settings: unknown, work: (client: Client) => Promise<T>) =>
          sessions.as(caller, readOnly, work),
      },
    });
  }

  /** The parsed and validated document. Throws `invalid_document`. */
  function documentOf(text: string): Known {
    const seen = known.get(text);
    if (seen !== undefined) {
      // What is asked often outlives what strangers ask once.
      known.delete(text);
      known.set(text, seen);
      return seen;
    }
    const document = parsed(text);
    checkLength(document);
    const [error] = validate(schema, document, rules, {
      maxErrors: 1,
      hideSuggestions: !introspection,
    });
    if (error !== undefined) throw new Problem('invalid_document', error.message);
    const operations = document.definitions.filter((definition): definition is Operation =>
      definition.kind === 'OperationDefinition'
    );
    const entry = { document, operations, withinLimits: new Set<Operation>() };
    known.set(text, entry);
    if (known.size > rememberedDocuments) known.delete(known.keys().next().value!);
    return entry;
  }

  function readBody(text: string): Asked {
    const taken = documentRequest.safeParse(parseJson(text));
    if (!taken.success) {
      const [issue] = taken.error.issues;
      throw new Problem('invalid_body', `${issue?.path.join('.') || 'body'}: ${issue?.message}`);
    }
    const { query, documentId, variables, operationName, extensions } = taken.data;
    const hash = documentId?.replace('sha256:', '') ?? extensions?.persistedQuery?.sha256Hash;
    const stored = hash === undefined ? undefined : (persisted as Record<string, string>)[hash];
    if (onlyPersisted || query === undefined) {
      if (hash === undefined && !onlyPersisted) {
        throw new Problem('invalid_body', 'query: required');
      }
      if (stored === undefined) throw new Problem('unknown_document');
    }
    return {
      text: stored ?? query!,
      variables: variables ?? {},
      operationName: operationName ?? undefined,
    };
  }
}

interface Asked {
  text: string;
  variables: Record<string, unknown>;
  operationName: string | undefined;
}

function parsed(text: string): Document {
  try {
    return parse(text, { maxTokens: limits.tokens });
  } catch (error) {
    const { message } = error as Error;
    if (/exceeded.*tokens|contains more (that|than) \d+ tokens/i.test(message)) {
      throw new Problem('query_too_costly', `At most ${limits.tokens} tokens.`);
    }
    throw new Problem('invalid_document', message);
  }
}

function operationOf(operations: readonly Operation[], name: string | undefined): Operation {
  const [only, ...others] = name === undefined
    ? operations
    : operations.filter((operation) => operation.name?.value === name);
  if (only === undefined || others.length > 0) {
    throw new Problem('invalid_document', 'operationName must name one of the operations.');
  }
  if (only.operation === 'subscription') {
    throw new Problem('invalid_document', 'There are no subscriptions; use Realtime.');
  }
  return only;
}

/** The variables as the document declares them. Throws `invalid_variables`. */
function variablesOf(
  { variableDefinitions = [] }: Operation,
  given: Record<string, unknown>,
): Record<string, unknown> {
  const { coerced, errors } = getVariableValues(schema, variableDefinitions, given, {
    maxErrors: 1,
  });
  if (errors !== undefined) {
    const message = errors[0]?.message ?? '';
    const field = fieldOfVariables(message);
    throw new Problem('invalid_variables', message, field === undefined ? {} : { field });
  }
  return coerced;
}

/** graphql-js says it in text alone: a field that is missing or unknown, the end of a path, or a variable. */
function fieldOfVariables(message: string): string | undefined {
  const [, field] = /Field "(\w+)"/.exec(message) ?? /at "[\w.[\]]*\.(\w+)/.exec(message) ??
    /^Variable "\$(\w+)"/.exec(message) ?? [];
  return field;
}

const contentType = 'application/json; charset=utf-8';

const json = (body: unknown, status: number, code: string) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': contentType, 'x-error-code': code },
  });
