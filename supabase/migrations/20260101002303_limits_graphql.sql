-- GraphQL: the login of the function `graphql`.
--
-- PostgREST has a login of its own that becomes whoever calls; so has the graph. It may become anon
-- and authenticated, never service_role, and as itself it may do nothing: a statement that forgot
-- to say who asks fails. It has no password here; an operator gives it one (docs/functions.md).

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'staybase_graphql') then
    create role staybase_graphql login noinherit;
  end if;
end $$;

grant anon, authenticated to staybase_graphql with inherit false, set true;
