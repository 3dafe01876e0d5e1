import type pg from 'pg';
import type { Entry } from '../archive.ts';

/** Rows that a project of its own makes: sessions and what is on its way, beside what counts its migrations. */
export const serviceRows = [
  'auth.audit_log_entries',
  'auth.flow_state',
  'auth.instances',
  'auth.mfa_amr_claims',
  'auth.mfa_challenges',
  'auth.oauth_authorizations',
  'auth.oauth_client_states',
  'auth.one_time_tokens',
  'auth.refresh_tokens',
  'auth.saml_relay_states',
  'auth.schema_migrations',
  'auth.sessions',
  'auth.webauthn_challenges',
];

const storageRows = ['storage.buckets', 'storage.objects'];

/** The rows of a service's tables that the project has too, those others refer to first. */
export async function rowsOfServices(
  client: pg.Client,
  contents: Entry[],
  schema: 'auth' | 'storage',
): Promise<Entry[]> {
  const { rows } = await client.query<{ name: string; needs: string[] }>(
    `select relname::text as name,
       coalesce((select array_agg(distinct other.relname::text) from pg_constraint
         join pg_class as other on other.oid = confrelid
         where conrelid = pg_class.oid and contype = 'f' and confrelid <> conrelid), '{}') as needs
     from pg_class where relnamespace = $1::regnamespace and relkind = 'r'`,
    [schema],
  );
  const entries = contents.filter((entry) => {
    const table = `${schema}.${entry.rest.split(' ')[0]}`;
    return entry.type === 'TABLE DATA' && entry.schema === schema &&
      (schema === 'auth' ? !serviceRows.includes(table) : storageRows.includes(table));
  });
  const waiting = new Map(rows.map(({ name, needs }) => [name, needs]));
  const ordered: Entry[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting].filter(([, needs]) => needs.every((need) => !waiting.has(need)));
    for (const [name] of ready.length > 0 ? ready : waiting) {
      waiting.delete(name);
      ordered.push(...entries.filter(({ rest }) => rest.split(' ')[0] === name));
    }
  }
  return ordered;
}
