-- What a database is made of, one row for each thing: its kind, its name and all that makes it what it
-- is. Two databases with the same rows have the same schema, rules and rights. Names are written in full
-- (the search path is empty), rights as a sorted list in which what a missing list stands for is written out,
-- expressions without the brackets that another reading of the same text leaves out ("pretty").
--
-- $1: the schemas whose content counts. What hangs on tables of other schemas counts when it calls into
-- them (triggers on auth.users) or when it is a policy on storage's or Realtime's tables.
with
  schemas as (
    select pg_namespace.oid, nspname, nspowner, nspacl from pg_namespace where nspname = any ($1)
  ),
  members as (
    select classid, objid from pg_depend where deptype = 'e'
  ),
  relations as (
    select pg_class.*, schemas.nspname from pg_class join schemas on schemas.oid = relnamespace
    where not exists (select from members where classid = 'pg_class'::regclass and objid = pg_class.oid)
  ),
  things as (
    select 'schema' as kind, nspname::text as name,
      concat_ws(' | ', nspowner::regrole, pg_temp.rights(coalesce(nspacl, acldefault('n', nspowner))),
        obj_description(schemas.oid, 'pg_namespace')) as definition
    from schemas
    union all
    select 'relation', relations.oid::regclass::text,
      concat_ws(' | ', relkind, relpersistence, relowner::regrole, relrowsecurity, relforcerowsecurity,
        relreplident, reloptions::text, pg_get_expr(relpartbound, relations.oid, true),
        case when relkind = 'p' then pg_get_partkeydef(relations.oid) end,
        case when relkind in ('v', 'm') then pg_get_viewdef(relations.oid, true) end,
        pg_temp.rights(coalesce(relacl, acldefault(case relkind when 'S' then 's' else 'r' end::"char", relowner))),
        obj_description(relations.oid, 'pg_class'))
    from relations where relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'c')
    union all
    select 'column', format('%s.%I', relations.oid::regclass, attname),
      concat_ws(' | ', row_number() over (partition by attrelid order by attnum),
        format_type(atttypid, atttypmod), case when attnotnull then 'not null' end,
        pg_get_expr(adbin, adrelid, true), nullif(attidentity, ''), nullif(attgenerated, ''),
        case when attcollation <> 0 then attcollation::regcollation::text end,
        case when attstattarget >= 0 then attstattarget end, attstorage, nullif(attcompression, ''),
        pg_temp.rights(attacl), col_description(attrelid, attnum))
    from pg_attribute
      join relations on relations.oid = attrelid
      left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where attnum > 0 and not attisdropped and relkind in ('r', 'p', 'v', 'm', 'f', 'c')
    union all
    select 'sequence', relations.oid::regclass::text,
      concat_ws(' | ', format_type(seqtypid, null), seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle,
        (select format('%s.%I', refobjid::regclass, attname) from pg_depend
          join pg_attribute on attrelid = refobjid and attnum = refobjsubid
          where classid = 'pg_class'::regclass and objid = relations.oid and deptype in ('a', 'i')))
    from pg_sequence join relations on relations.oid = seqrelid
    union all
    select 'constraint', format('%s.%I', coalesce(nullif(conrelid, 0)::regclass::text, contypid::regtype::text), conname),
      concat_ws(' | ', pg_get_constraintdef(pg_constraint.oid, true), convalidated, condeferrable, condeferred,
        obj_description(pg_constraint.oid, 'pg_constraint'))
    from pg_constraint join schemas on schemas.oid = connamespace
    where contype <> 't'
    union all
    select 'index', indexrelid::regclass::text,
      concat_ws(' | ', pg_get_indexdef(indexrelid, 0, true), indisvalid, indisclustered, indisreplident, indisunique,
        obj_description(indexrelid, 'pg_class'))
    from pg_index join relations on relations.oid = indexrelid
    union all
    select 'trigger', format('%s.%I', tgrelid::regclass, tgname),
      concat_ws(' | ', pg_get_triggerdef(pg_trigger.oid, true), tgenabled, obj_description(pg_trigger.oid, 'pg_trigger'))
    from pg_trigger
      join pg_class on pg_class.oid = tgrelid
      join pg_proc on pg_proc.oid = tgfoid
    where not tgisinternal
      and (relnamespace in (select oid from schemas) or pronamespace in (select oid from schemas))
    union all
    select 'policy', format('%s.%I', polrelid::regclass, polname),
      concat_ws(' | ', polcmd, polpermissive,
        (select string_agg(case role when 0 then 'public' else role::regrole::text end, ',' order by role::regrole::text)
          from unnest(polroles) as role),
        pg_get_expr(polqual, polrelid, true), pg_get_expr(polwithcheck, polrelid, true), obj_description(pg_policy.oid, 'pg_policy'))
    from pg_policy
      join pg_class on pg_class.oid = polrelid
      join pg_namespace on pg_namespace.oid = relnamespace
    where relnamespace in (select oid from schemas) or nspname in ('storage', 'realtime')
    union all
    select 'function', pg_proc.oid::regprocedure::text,
      concat_ws(' | ', case when prokind = 'a' then format('aggregate %s', (
          select concat_ws(' ', aggtransfn, aggfinalfn, aggtranstype::regtype, agginitval)
          from pg_aggregate where aggfnoid = pg_proc.oid))
        -- A constant that was cast in passing is printed with its type, and once it was read again with the
        -- type's name as its own too: both mean the same.
        else regexp_replace(pg_get_functiondef(pg_proc.oid), '::(\w+) AS \1\M', '::\1', 'g') end, proowner::regrole,
        pg_temp.rights(coalesce(proacl, acldefault('f', proowner))), obj_description(pg_proc.oid, 'pg_proc'))
    from pg_proc join schemas on schemas.oid = pronamespace
    where not exists (select from members where classid = 'pg_proc'::regclass and objid = pg_proc.oid)
    union all
    select 'type', pg_type.oid::regtype::text,
      concat_ws(' | ', typtype, typowner::regrole,
        (select string_agg(enumlabel, ',' order by enumsortorder) from pg_enum where enumtypid = pg_type.oid),
        case when typtype = 'd' then format_type(typbasetype, typtypmod) end, typdefault, typnotnull,
        (select concat_ws(' ', rngsubtype::regtype, rngsubopc, rngcanonical, rngsubdiff) from pg_range where rngtypid = pg_type.oid),
        pg_temp.rights(coalesce(typacl, acldefault('T', typowner))), obj_description(pg_type.oid, 'pg_type'))
    from pg_type
      join schemas on schemas.oid = typnamespace
      left join pg_class on pg_class.oid = typrelid
    where typelem = 0 and typtype in ('e', 'd', 'r', 'b')
      and not exists (select from members where classid = 'pg_type'::regclass and objid = pg_type.oid)
    union all
    select 'operator', pg_operator.oid::regoperator::text, concat_ws(' | ', oprcode, oprowner::regrole)
    from pg_operator join schemas on schemas.oid = oprnamespace
    where not exists (select from members where classid = 'pg_operator'::regclass and objid = pg_operator.oid)
    union all
    select 'statistics', format('%I.%I', schemas.nspname, stxname), pg_get_statisticsobjdef(pg_statistic_ext.oid)
    from pg_statistic_ext join schemas on schemas.oid = stxnamespace
    union all
    select 'rule', format('%s.%I', ev_class::regclass, rulename), pg_get_ruledef(pg_rewrite.oid, true)
    from pg_rewrite join relations on relations.oid = ev_class where rulename <> '_RETURN'
    union all
    select 'text search', format('%I.%I', schemas.nspname, cfgname), cfgowner::regrole::text
    from pg_ts_config join schemas on schemas.oid = cfgnamespace
    union all
    select 'published table', format('%s %I.%I', pubname, schemaname, tablename),
      concat_ws(' | ', attnames::text, rowfilter)
    from pg_publication_tables where schemaname = any ($1)
    union all
    select 'default rights',
      concat_ws(' ', defaclrole::regrole, nullif(defaclnamespace, 0)::regnamespace, defaclobjtype), pg_temp.rights(defaclacl)
    from pg_default_acl
    where (defaclnamespace = 0 or defaclnamespace in (select oid from schemas))
      and defaclrole in (select nspowner from schemas)
  )
select kind, name, definition from things
