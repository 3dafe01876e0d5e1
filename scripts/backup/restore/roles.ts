import type pg from 'pg';
import type { Details } from '../manifest.ts';
import { isSuperuser } from './target.ts';

/** Makes the roles that are not there, without a password, and grants and sets what they lack. */
export async function makeRoles(
  client: pg.Client,
  details: Details,
  isWanted: (role: string) => boolean = () => true,
): Promise<void> {
  const name = (text: string) => client.escapeIdentifier(text);
  const { rows } = await client.query<{ rolname: string }>('select rolname::text from pg_roles');
  const known = new Set(rows.map(({ rolname }) => rolname));
  const missing = Object.entries(details.roles)
    .filter(([role]) => !known.has(role) && isWanted(role));
  const mayGiveAll = await isSuperuser(client);
  for (const [role, { login, attributes }] of missing) {
    // Only the superuser hands these out.
    const may = mayGiveAll
      ? attributes
      : attributes.replaceAll(/\b(superuser|bypassrls|replication)\b/g, 'no$1');
    await client.query(`create role ${name(role)} ${login ? 'login' : 'nologin'} ${may}`);
  }
  for (const [role, { memberOf, settings }] of missing) {
    for (const { role: group, options } of memberOf) {
      await client.query(`grant ${group} to ${name(role)} with ${options}`);
    }
    for (const setting of settings) {
      await client.query(`alter role ${name(role)} set ${asSetting(client, setting)}`);
    }
  }
  // Of roles that are there, only what PostgREST reads from its own: the check before each request.
  const wanted = (details.roles.authenticator?.settings ?? []).filter((one) =>
    one.startsWith('pgrst.')
  );
  const { rows: [has] } = await client.query<{ settings: string[] }>(
    `select coalesce(array_agg(setting), '{}') as settings
     from pg_db_role_setting, unnest(setconfig) as setting
     where setrole = to_regrole('authenticator') and setdatabase = 0`,
  );
  for (const setting of wanted.filter((one) => !has?.settings.includes(one))) {
    await client.query(`alter role authenticator set ${asSetting(client, setting)}`);
  }
}

/** `name=value` as the catalog has it. A list, such as a search path, is written without quotes around it. */
export function asSetting(client: pg.Client, setting: string): string {
  const at = setting.indexOf('=');
  const [name, value] = [setting.slice(0, at), setting.slice(at + 1)];
  const isList =
    /^(search_path|session_preload_libraries|local_preload_libraries|temp_tablespaces)$/;
  return `${name} to ${isList.test(name) ? value : client.escapeLiteral(value)}`;
}
