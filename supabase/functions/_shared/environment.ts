import { Problem } from './problem.ts';

/** A setting, by the first of these names that is set. Throws `not_configured`, naming it. */
export function setting(...names: [string, ...string[]]): string {
  const value = optionalSetting(...names);
  if (value === undefined) throw new Problem('not_configured', `${names.join(' or ')} is not set.`);
  return value;
}

/** A setting that may be absent; blank counts as absent. */
export function optionalSetting(...names: string[]): string | undefined {
  for (const name of names) {
    const value = Deno.env.get(name)?.trim();
    if (value) return value;
  }
  return undefined;
}

/**
 * Where letters are turned off: by one POST of a mail program, and where people are led, which a
 * frontend may be. Both get the token as `token`. On a server of one's own, SUPABASE_URL is where containers
 * find each other, and Supabase's compose names the other SUPABASE_PUBLIC_URL.
 */
export function unsubscribeUrls(): { oneClick: string; page: string } {
  const oneClick = `${
    setting('SUPABASE_PUBLIC_URL', 'SUPABASE_URL').replace(/\/+$/, '')
  }/functions/v1/unsubscribe`;
  return { oneClick, page: optionalSetting('UNSUBSCRIBE_URL') ?? oneClick };
}

/** The frontend, where letters lead, ending in a slash; without the setting they lead nowhere. */
export function siteUrl(): string | undefined {
  const site = optionalSetting('STAYBASE_SITE_URL');
  if (site !== undefined && !/^https?:$/.test(URL.parse(site)?.protocol ?? '')) {
    throw new Problem('not_configured', 'STAYBASE_SITE_URL is not an http or https address.');
  }
  return site?.replace(/\/*$/, '/');
}

/** Where this runs: `production`, `staging` or `local`; written on every object at Stripe. */
export const environmentName = () => setting('STAYBASE_ENVIRONMENT');

/** The key that browsers use. */
export function publishableKey(): string {
  return namedKeys('SUPABASE_PUBLISHABLE_KEYS')[0] ??
    setting('SUPABASE_PUBLISHABLE_KEY', 'SUPABASE_ANON_KEY');
}

/** All keys that stand for the server, the one to call with first. Throws when there is none. */
export function secretKeys(): [string, ...string[]] {
  const single = ['SUPABASE_SECRET_KEY', 'SUPABASE_SERVICE_ROLE_KEY']
    .flatMap((name) => optionalSetting(name) ?? []);
  const [first, ...others] = [...new Set([...namedKeys('SUPABASE_SECRET_KEYS'), ...single])];
  if (first === undefined) {
    throw new Problem(
      'not_configured',
      'SUPABASE_SECRET_KEY or SUPABASE_SERVICE_ROLE_KEY is not set.',
    );
  }
  return [first, ...others];
}

/**
 * Hosted Supabase gives its keys as `{"default": "sb_...", ...}`; its compose does so too, with an empty one
 * where there are only keys of the older kind.
 */
function namedKeys(name: string): string[] {
  const value = optionalSetting(name);
  if (value === undefined) return [];
  try {
    const { default: first, ...others } = JSON.parse(value) as Record<string, string>;
    return [first, ...Object.values(others)].filter((key) =>
      typeof key === 'string' && key.trim() !== ''
    );
  } catch {
    throw new Problem('not_configured', `${name} is not JSON.`);
  }
}
