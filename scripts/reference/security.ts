import type { Role } from './catalog.ts';

/** How a request says who sends it. */
export const securitySchemes = {
  publishableKey: {
    type: 'apiKey',
    in: 'header',
    name: 'apikey',
    description: 'The publishable key of the project: every request of a browser has it. It says ' +
      'which project is meant and opens what everyone may see.',
  },
  person: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'The access token of Supabase Auth (`POST /auth/v1/token`) says who is signed in. ' +
      'Policies and verbs decide what that person may see and do.',
  },
  secretKey: {
    type: 'apiKey',
    in: 'header',
    name: 'apikey',
    description:
      'The secret key, for servers alone: never in a browser, an app or a repository. It ' +
      'opens the verbs for servers, and no table.',
  },
  metricsToken: {
    type: 'http',
    scheme: 'bearer',
    description: '`METRICS_TOKEN`, for Prometheus and whoever watches.',
  },
};

type Requirement = Partial<Record<keyof typeof securitySchemes, string[]>>;

const byRole: Record<Role, Requirement> = {
  anon: { publishableKey: [] },
  authenticated: { publishableKey: [], person: [] },
  service_role: { secretKey: [] },
};

export const securityOf = (roles: Role[]): Requirement[] => roles.map((role) => byRole[role]);

export type Caller = 'everyone' | 'signed in' | 'staff' | 'server';

export function namesOf(roles: Role[], isForStaff = false): Caller[] {
  const names: Record<Role, Caller> = {
    anon: 'everyone',
    authenticated: isForStaff ? 'staff' : 'signed in',
    service_role: 'server',
  };
  return roles.map((role) => names[role]);
}

/** The first line of each description. */
export function whoMayCall(roles: Role[], isForStaff = false): string {
  const isForAll = roles.includes('anon');
  const words: Record<Caller, string> = {
    'everyone': 'everyone, signed in or not',
    'signed in': 'people who are signed in',
    'staff': 'staff',
    'server': 'servers with the secret key',
  };
  const names = namesOf(roles, isForStaff).filter((name) => !isForAll || name !== 'signed in');
  return `**Who may call it:** ${names.map((name) => words[name]).join('; ')}.`;
}
