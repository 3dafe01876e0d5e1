import { type Example, exampleBodies } from './examples.ts';

export const signInTag = 'Signing in';

/** The two requests of Supabase Auth without which nobody gets further; its own documentation has the others. */
export function signInPaths(examples: Example[]) {
  const session = {
    200: {
      description: 'A session.',
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Session' } } },
    },
    default: { description: 'A refusal of Auth; codeOf() of types/errors.ts knows its codes.' },
  };
  const common = {
    tags: [signInTag],
    'x-callers': ['everyone'],
    security: [{ publishableKey: [] }],
    responses: session,
  };
  const body = (properties: Record<string, unknown>, operation: string) => ({
    required: true,
    content: {
      'application/json': {
        schema: { type: 'object', required: ['email', 'password'], properties },
        ...exampleBodies(examples.filter((example) => example.operation === operation)),
      },
    },
  });
  const who = { email: { type: 'string', format: 'email' }, password: { type: 'string' } };
  return {
    '/auth/v1/token': {
      post: {
        operationId: 'sign_in',
        summary: 'Signs a person in',
        ...common,
        parameters: [{
          name: 'grant_type',
          in: 'query',
          required: true,
          schema: { const: 'password', type: 'string' },
          example: 'password',
        }],
        requestBody: body(who, 'sign_in'),
      },
    },
    '/auth/v1/signup': {
      post: {
        operationId: 'sign_up',
        summary: 'Signs a person up',
        ...common,
        requestBody: body({
          ...who,
          data: {
            type: 'object',
            properties: { display_name: { type: 'string', description: 'What others see.' } },
          },
        }, 'sign_up'),
      },
    },
  };
}

export const sessionSchema = {
  type: 'object',
  required: ['access_token', 'token_type', 'expires_in', 'refresh_token', 'user'],
  properties: {
    access_token: { type: 'string', description: 'For `Authorization: Bearer`.' },
    token_type: { type: 'string' },
    expires_in: { type: 'integer', description: 'Seconds.' },
    refresh_token: { type: 'string' },
    user: {
      type: 'object',
      required: ['id'],
      properties: { id: { type: 'string', format: 'uuid' } },
    },
  },
};
