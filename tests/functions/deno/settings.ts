/** Runs a deed with other settings, and puts the old ones back. */
export async function withSettings(
  settings: Record<string, string | undefined>,
  deed: () => unknown,
) {
  const before = Object.keys(settings).map((name) => [name, Deno.env.get(name)] as const);
  const set = (name: string, value: string | undefined) =>
    value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
  for (const [name, value] of Object.entries(settings)) set(name, value);
  try {
    await deed();
  } finally {
    for (const [name, value] of before) set(name, value);
  }
}

/** No key is set, by none of its names. */
export const noKeys = {
  SUPABASE_SECRET_KEYS: undefined,
  SUPABASE_SECRET_KEY: undefined,
  SUPABASE_SERVICE_ROLE_KEY: undefined,
  SUPABASE_PUBLISHABLE_KEYS: undefined,
  SUPABASE_PUBLISHABLE_KEY: undefined,
  SUPABASE_ANON_KEY: undefined,
};

/** What a deed logs, line by line. */
export async function logOf(deed: () => Promise<unknown>): Promise<string[]> {
  const { log } = console;
  const lines: string[] = [];
  console.log = (line: string) => lines.push(line);
  try {
    await deed();
  } finally {
    console.log = log;
  }
  return lines;
}

/** A request to a function. */
export const asked = (init: RequestInit = {}) =>
  new Request('http://functions/any', { method: 'POST', ...init });
