import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { copyText } from '../shared/copy-text.ts';
import { type Kind, singular } from './formats.ts';

export interface StagedRow {
  line: number;
  externalId: string;
  hash: string;
  given: Record<string, unknown>;
}

/** A file of statements; `staging` makes the tables that rows come through. */
export const sql = (name: string) =>
  readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), 'utf8');

/** Where the ids of rows that were made here stand. */
const homes: Record<Kind, string[]> = {
  people: ['public.profiles.profile_id'],
  listings: ['public.listings.listing_id'],
  photos: ['public.listing_photos.photo_id'],
  bookings: ['public.bookings.booking_id'],
  calendar: ['private.claims.claim_id'],
  reviews: ['public.reviews.review_id', 'public.guest_reviews.review_id'],
};

export const copyLine = ({ line, externalId, hash, given }: StagedRow) =>
  [line, copyText(externalId), hash, copyText(JSON.stringify(given))].join('\t') + '\n';

/** Which rows came before, which were made here, and which are new. */
export function identify(kind: Kind): string {
  const isHere = homes[kind].map((column) => {
    const table = column.slice(0, column.lastIndexOf('.'));
    return `exists (select from ${table} where ${
      column.replace(/^\w+\./, '')
    } = pg_temp.uuid_of(staged.external_id))`;
  }).join(' or ');
  return `
    update pg_temp.staged
    set our_id = imported.our_id,
        outcome = case when imported.hash = staged.hash then 'unchanged' else 'updated' end
    from private.imported
    where imported.kind = '${singular[kind]}' and imported.external_id = staged.external_id;

    update pg_temp.staged
    set our_id = pg_temp.uuid_of(staged.external_id), outcome = 'unchanged', code = 'here_already'
    where staged.outcome is null and (${isHere});

    update pg_temp.staged
    set our_id = coalesce(pg_temp.uuid_of(staged.external_id), gen_random_uuid()), outcome = 'created'
    where staged.outcome is null;`;
}

/**
 * Makes the logins of new people with an address. They have no password: the first sign-in is by a link,
 * which proves the address too. Auth reads no null from its tokens, and its columns differ by version.
 */
export async function loginStatement(client: pg.Client, areConfirmed: boolean): Promise<string> {
  const { rows } = await client.query<{ column_name: string }>(
    `select column_name from information_schema.columns
     where table_schema = 'auth' and table_name = 'users' and is_generated = 'NEVER'
       and column_name in ('instance_id', 'encrypted_password', 'confirmation_token', 'recovery_token',
         'email_change', 'email_change_token_new', 'email_change_token_current', 'phone_change',
         'phone_change_token', 'reauthentication_token')
     order by column_name`,
  );
  const others = rows.map(({ column_name }) => column_name);
  const values = others.map((name) =>
    name === 'instance_id' ? `'00000000-0000-0000-0000-000000000000'` : `''`
  );
  const { rows: [auth] } = await client.query(
    `select to_regclass('auth.identities') is not null as has_identities`,
  );
  return `
    insert into auth.users (id, aud, role, email, email_confirmed_at, raw_app_meta_data, raw_user_meta_data,
      created_at, updated_at${others.map((name) => `, ${name}`).join('')})
    select our_id, 'authenticated', 'authenticated', given ->> 'email', ${
    areConfirmed ? 'now()' : 'null'
  },
      '{"provider": "email", "providers": ["email"]}', jsonb_build_object('display_name', given ->> 'display_name'),
      now(), now()${values.map((value) => `, ${value}`).join('')}
    from pg_temp.staged where outcome = 'created' and given ->> 'email' is not null;
    ${
    auth?.has_identities
      ? `insert into auth.identities (id, provider_id, user_id, identity_data, provider, created_at, updated_at)
    select gen_random_uuid(), our_id::text, our_id, jsonb_build_object('sub', our_id, 'email', given ->> 'email'), 'email', now(), now()
    from pg_temp.staged where outcome = 'created' and given ->> 'email' is not null;`
      : ''
  }`;
}
