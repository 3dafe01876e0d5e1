import type pg from 'pg';
import type { Details, Extra } from './manifest.ts';

/**
 * What the marketplace has outside its schemas, as statements: pg_restore leaves it out when only
 * schemas are restored. In a project of Supabase's the owner of the database may make all of it.
 */
export async function readExtras(client: pg.ClientBase, schemas: string[]): Promise<Extra[]> {
  const { rows } = await client.query<Extra>(
    `with own as (select oid, nspname, nspowner from pg_namespace where nspname = any ($1))
     select format('trigger %I on %s', tgname, tgrelid::regclass) as what,
       pg_get_triggerdef(pg_trigger.oid) || case tgenabled
         when 'D' then format('; alter table %s disable trigger %I', tgrelid::regclass, tgname) else '' end as sql
     from pg_trigger
       join pg_class on pg_class.oid = tgrelid
       join pg_proc on pg_proc.oid = tgfoid
     where not tgisinternal and relnamespace not in (select oid from own) and pronamespace in (select oid from own)
     union all
     select format('policy %I on %s', polname, polrelid::regclass),
       format('create policy %I on %s as %s for %s to %s', polname, polrelid::regclass,
         case when polpermissive then 'permissive' else 'restrictive' end,
         case polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
         (select string_agg(case role when 0 then 'public' else role::regrole::text end, ', ') from unnest(polroles) as role))
       || coalesce(' using (' || pg_get_expr(polqual, polrelid) || ')', '')
       || coalesce(' with check (' || pg_get_expr(polwithcheck, polrelid) || ')', '')
     from pg_policy
       join pg_class on pg_class.oid = polrelid
       join pg_namespace on pg_namespace.oid = relnamespace
     where nspname in ('storage', 'realtime')
     union all
     select format('%s in publication %I', prrelid::regclass, pubname),
       format('alter publication %I add table %s', pubname, prrelid::regclass)
       || coalesce((select format(' (%s)', string_agg(quote_ident(attname), ', ')) from unnest(prattrs) as column_number
            join pg_attribute on attrelid = prrelid and attnum = column_number having count(*) > 0), '')
       || coalesce(' where (' || pg_get_expr(prqual, prrelid) || ')', '')
     from pg_publication_rel
       join pg_publication on pg_publication.oid = prpubid
       join pg_class on pg_class.oid = prrelid
     where relnamespace in (select oid from own)
     union all
     select format('default rights on %s', kind), format('alter default privileges for role %s%s revoke all on %s from public%s',
         defaclrole::regrole, place, kind,
         coalesce((select string_agg(format('; alter default privileges for role %s%s grant %s on %s to %s', defaclrole::regrole,
             place, privilege_type, kind, case grantee when 0 then 'public' else grantee::regrole::text end), '')
           from aclexplode(defaclacl) where grantee <> defaclrole), ''))
     from pg_default_acl,
       lateral (select case defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions'
           when 'T' then 'types' else 'schemas' end as kind,
         case when defaclnamespace = 0 then '' else format(' in schema %s', defaclnamespace::regnamespace) end as place) as said
     where defaclrole in (select nspowner from own)
       and (defaclnamespace = 0 or defaclnamespace in (select oid from own))
     union all
     -- pg_dump takes it for granted, and a restore takes it away before the first function is made.
     select $2 || pg_proc.oid::regprocedure, format('grant execute on routine %s to public', pg_proc.oid::regprocedure)
     from pg_proc
       join own on own.oid = pronamespace,
       aclexplode(coalesce(proacl, acldefault('f', proowner))) as given
     where given.grantee = 0
       and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = pg_proc.oid and deptype = 'e')`,
    [schemas, forEverybody],
  );
  return rows;
}

/** How such an extra begins that belongs to the rights. */
export const forEverybody = 'execute by everybody: ';

/** pg_cron's jobs, where there is pg_cron. */
export async function readJobs(client: pg.ClientBase): Promise<Details['jobs']> {
  const { rows: [there] } = await client.query(
    `select to_regclass('cron.job') is not null and has_schema_privilege('cron', 'usage')
       and has_table_privilege('cron.job', 'select') as there`,
  ).catch(() => ({ rows: [{ there: false }] }));
  if (!there?.there) return [];
  const { rows } = await client.query<Details['jobs'][number]>(
    'select jobname::text, schedule, command from cron.job where active order by 1, 3',
  );
  return rows;
}

/** How the database was made, and what it is set to. */
export async function readDatabase(client: pg.ClientBase): Promise<Details['database']> {
  const { rows: [found] } = await client.query<Details['database']>(
    `select datdba::regrole::text as owner,
       format('encoding %L locale_provider %s lc_collate %L lc_ctype %L%s', pg_encoding_to_char(encoding),
         case datlocprovider when 'b' then 'builtin' when 'i' then 'icu' else 'libc' end, datcollate, datctype,
         case datlocprovider when 'b' then format(' builtin_locale %L', datlocale)
           when 'i' then format(' icu_locale %L', datlocale) else '' end) as locale,
       coalesce((select array_agg(setting order by setting) from pg_db_role_setting, unnest(setconfig) as setting
         where setdatabase = pg_database.oid and setrole = 0), '{}') as settings,
       coalesce((select array_agg(format('grant %s on database %%s to %s%s', privilege_type,
           case grantee when 0 then 'public' else grantee::regrole::text end,
           case when is_grantable then ' with grant option' else '' end) order by 1)
         from aclexplode(datacl) where grantee <> datdba), '{}') as grants
     from pg_database where datname = current_database()`,
  );
  if (found === undefined) throw new Error('The database does not know itself.');
  return found;
}
