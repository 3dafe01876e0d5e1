import type { Catalog, Refusal } from './catalog.ts';
import type { Schema } from './schemas.ts';

/** What helps, by the HTTP status of a code. */
const cures: Record<number, string> = {
  0: 'Check the connection and send it again: a repeated request does nothing twice.',
  400: 'Correct the request; where one field is at fault, the answer names it.',
  401: 'Send the right key, or sign in (again) and send the new access token.',
  403: 'Show that this person may not do it; another may.',
  404: 'Check the id; for whoever may not see something it does not exist.',
  405: 'Use the method that the reference names.',
  409: 'Read the state again and let the person decide: it is not what the request took it for.',
  410: 'Ask for a new one.',
  413: 'Send less at once.',
  415: 'Send the content type that the reference names.',
  422: 'Correct the request.',
  429: 'Wait, then send it again.',
  500: 'Send it again later; if it stays, give the operator the x-request-id.',
  502: 'Send it again later.',
  503: 'Send it again after the seconds in Retry-After.',
  504: 'Ask for less, or send it again.',
};

/** What helps more with some codes than their status says. */
const ofCodes: Record<string, string> = {
  account_suspended: 'The notices in moderation_notices say why; staff can lift it.',
  already_exists: 'Take it for done, or choose another id.',
  id_reused: 'Choose a new id: this one names something else.',
  nights_taken: 'Search again; search_flexible_days finds near days.',
  price_changed: 'Call quote_stay again, show the new total and let the guest confirm it.',
  terms_changed: 'Call quote_stay again, show the new terms and let the guest confirm them.',
  too_many_results: 'Ask for a smaller map, fewer days or a smaller page.',
  try_again: 'Send the same request again: somebody else was changing the same rows.',
};

export function cureOf({ code, status }: Refusal): string {
  return ofCodes[code] ?? cures[status] ?? cures[status >= 500 ? 500 : 400]!;
}

/** What every verb that changes something may say of its caller: their comments do not repeat it. */
export const codesOfEveryVerb = ['account_closed', 'account_suspended', 'sign_in_required'];

/** A verb whose codes are meant too, and those of them that are not: "those of quote_stay without nights_taken". */
const others = /\bthose of ([a-z_]+)(?: without ([a-z_, ]+?)(?=[;.]|, and |$))?/g;

/** The codes that a comment names after "Errors:", in its order, then those of the verbs that it names there. */
export function codesIn(comment: string, catalog: Catalog): Refusal[] {
  const said = /\bErrors: ([^]*)$/.exec(comment)?.[1] ?? '';
  const codesOf = (words: string): string[] => words.match(/\b[a-z]+(?:_[a-z]+)*\b/g) ?? [];
  const codes = codesOf(said.replaceAll(others, ''));
  for (const [, name = '', without = ''] of said.matchAll(others)) {
    const verb = catalog.verbs.find((one) => one.name === name);
    const left = codesOf(without);
    codes.push(
      ...codesIn(verb?.comment ?? '', catalog).map(({ code }) => code)
        .filter((code) => !left.includes(code)),
    );
  }
  return [...new Set(codes)]
    .map((word) => catalog.refusals.find(({ code }) => code === word))
    .filter((refusal) => refusal !== undefined);
}

/** Responses by status, each with the codes that come with it. */
export function refusalResponses(found: Refusal[], component: 'Refusal' | 'Problem') {
  const type = component === 'Refusal' ? 'application/json' : 'application/problem+json';
  const byStatus = Object.groupBy(found, ({ status }) => String(status));
  return {
    ...Object.fromEntries(
      Object.entries(byStatus).map(([status, group = []]) => [status, {
        description: group.map(({ code, detail }) => `- \`${code}\`: ${detail}`).join('\n'),
        content: { [type]: { schema: { $ref: `#/components/schemas/${component}` } } },
      }]),
    ),
    default: { $ref: `#/components/responses/${component}` },
  };
}

/** The vocabulary and the two forms in which a code comes. */
export function refusalSchemas(catalog: Catalog): Record<string, Schema> {
  return {
    ErrorCode: {
      type: 'string',
      description: refusalChapter(catalog),
      enum: catalog.refusals.filter(({ status }) => status > 0).map(({ code }) => code),
    },
    Refusal: {
      type: 'object',
      description: 'A refusal of the database or of PostgREST.',
      required: ['code', 'message', 'details', 'hint'],
      properties: {
        code: {
          type: 'string',
          description: 'Of Postgres (five characters) or PostgREST (PGRST...); ours is in message.',
        },
        message: {
          type: 'string',
          description:
            'An ErrorCode, or a sentence of Postgres or PostgREST about a request that ' +
            'fits nothing there is; codeOf() of types/errors.ts finds the ErrorCode of both.',
        },
        details: {
          description: 'A sentence for people, which may change.',
          type: ['string', 'null'],
        },
        hint: { type: ['string', 'null'] },
      },
    },
    Problem: {
      type: 'object',
      description: 'A refusal of an edge function (RFC 9457); the code is in x-error-code, too.',
      required: ['type', 'status', 'code', 'detail'],
      properties: {
        type: { const: 'about:blank' },
        status: { type: 'integer' },
        code: { $ref: '#/components/schemas/ErrorCode' },
        detail: { type: 'string', description: 'A sentence for people, which may change.' },
        field: { type: 'string', description: 'The field of the body that is at fault.' },
      },
    },
  };
}

/** All codes with what they mean, as text. */
function refusalChapter({ refusals }: Catalog): string {
  const topics = Object.entries(Object.groupBy(refusals, ({ topic }) => topic));
  return [
    'A refusal is a code that keeps its meaning. The database sends it as `message`, edge functions as ' +
    '`code` and in the header `x-error-code`. What helps is said once for each code below.',
    ...topics.map(([topic, group = []]) =>
      [
        `### ${topic}\n`,
        '| code | status | cause | what helps |',
        '| --- | --- | --- | --- |',
        ...group.map((refusal) =>
          `| \`${refusal.code}\` | ${refusal.status || ''} | ${refusal.detail} | ${
            cureOf(refusal)
          } |`
        ),
      ].join('\n')
    ),
  ].join('\n\n');
}
