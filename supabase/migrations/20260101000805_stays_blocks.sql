-- Blocks: nights that hosts keep for themselves.

create type public.listing_block as (block_id uuid, listing_id uuid, check_in date, check_out date,
  note text);

create function private.blocks_of(listing_id uuid)
  returns setof public.listing_block language plpgsql stable security definer set search_path = ''
as $$
begin
  return query
    select claims.claim_id, claims.listing_id, lower(claims.nights), upper(claims.nights),
      claims.note
    from private.claims
    where claims.listing_id = blocks_of.listing_id and claims.kind = 'block'
    order by claims.nights;
end $$;

create function private.listing_blocks(listing_id uuid)
  returns setof public.listing_block language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.signed_in();
  if not private.may_manage(listing_blocks.listing_id, 'see') then
    perform private.refuse('not_your_listing');
  end if;
  return query select * from private.blocks_of(listing_blocks.listing_id);
end $$;

create function private.write_blocks(homes uuid[], wanted datemultirange, note text)
  returns setof public.calendar_change language plpgsql volatile security definer
  set search_path = ''
as $$
declare
  changes public.calendar_change[];
  refused text;
begin
  with missing as materialized (
    select home.listing_id, run as nights
    from unnest(write_blocks.homes) as home (listing_id)
    cross join lateral unnest(wanted - coalesce((
      select range_agg(claims.nights) from private.claims
      where claims.listing_id = home.listing_id and claims.kind = 'block'
        and claims.nights && wanted), '{}')) as run
    order by home.listing_id, run
  ), blocked as (
    insert into private.claims (listing_id, nights, lane, kind, note)
    select missing.listing_id, missing.nights, private.own_lane(), 'block', write_blocks.note
    from missing
    on conflict do nothing
    returning claims.listing_id, claims.nights
  ), counted as (
    select home.listing_id,
      (select count(*) from missing where missing.listing_id = home.listing_id) as missing,
      (select count(*) from blocked where blocked.listing_id = home.listing_id) as blocked,
      (select coalesce(sum(upper(blocked.nights) - lower(blocked.nights)), 0)::integer
       from blocked where blocked.listing_id = home.listing_id) as nights
    from unnest(write_blocks.homes) as home (listing_id)
  )
  select
    array_agg(row(counted.listing_id, counted.nights)::public.calendar_change
      order by counted.listing_id),
    min(counted.listing_id::text) filter (where counted.blocked < counted.missing)
  into changes, refused
  from counted;
  if refused is not null then perform private.refuse('nights_taken', 'home', refused); end if;
  return query select * from unnest(changes);
end $$;

comment on function private.write_blocks is
  'Rule: blocks the nights of these homes that are not blocked yet, all or none; a guest''s are '
  'taken.';

create function private.remove_blocks(homes uuid[], wanted datemultirange)
  returns setof public.calendar_change language plpgsql volatile security definer
  set search_path = ''
as $$
begin
  return query
    with cut as (
      delete from private.claims
      where claims.listing_id = any (remove_blocks.homes) and claims.kind = 'block'
        and claims.nights && wanted
      returning claims.listing_id, claims.nights, claims.note
    ), kept as (
      insert into private.claims (listing_id, nights, lane, kind, note)
      select cut.listing_id, run, private.own_lane(), 'block', cut.note
      from cut, unnest(datemultirange(cut.nights) - wanted) as run
      order by cut.listing_id, run
    ), freed as (
      select cut.listing_id, range_agg(cut.nights) * wanted as nights
      from cut
      group by cut.listing_id
    )
    select home.listing_id, (
      select coalesce(sum(upper(run) - lower(run)), 0)::integer from unnest(freed.nights) as run)
    from unnest(remove_blocks.homes) as home (listing_id)
    left join freed on freed.listing_id = home.listing_id
    order by home.listing_id;
end $$;

comment on function private.remove_blocks is
  'Rule: takes these nights out of the blocks of these homes; what is left of a block keeps its '
  'note.';

create function private.block_nights(listing_id uuid, check_in date, check_out date, note text)
  returns setof public.listing_block language plpgsql volatile security definer set search_path = ''
as $$
declare
  wanted daterange;
begin
  perform private.check_days(check_in, check_out);
  perform private.active_caller();
  wanted := daterange(check_in, check_out);
  if private.may_manage(block_nights.listing_id, 'calendar') then
    perform private.release_overdue_holds(block_nights.listing_id, wanted);
  end if;
  perform private.listing_to_manage(block_nights.listing_id, 'calendar');
  perform private.write_blocks(array[block_nights.listing_id], datemultirange(wanted), note);
  return query select * from private.blocks_of(block_nights.listing_id);
end $$;

create function private.unblock_nights(listing_id uuid, check_in date, check_out date)
  returns setof public.listing_block language plpgsql volatile security definer set search_path = ''
as $$
begin
  perform private.check_days(check_in, check_out);
  perform private.listing_to_manage(unblock_nights.listing_id, 'calendar');
  perform private.remove_blocks(array[unblock_nights.listing_id],
    datemultirange(daterange(check_in, check_out)));
  return query select * from private.blocks_of(unblock_nights.listing_id);
end $$;

create function public.listing_blocks(listing_id uuid)
  returns setof public.listing_block language sql stable security invoker set search_path = ''
begin atomic
  select * from private.listing_blocks(listing_blocks.listing_id);
end;

create function public.block_nights(
  listing_id uuid, check_in text, check_out text, note text default null)
  returns setof public.listing_block language sql volatile security invoker set search_path = ''
begin atomic
  select * from private.block_nights(
    block_nights.listing_id,
    private.day(block_nights.check_in, 'check_in'),
    private.day(block_nights.check_out, 'check_out'),
    block_nights.note);
end;

create function public.unblock_nights(listing_id uuid, check_in text, check_out text)
  returns setof public.listing_block language sql volatile security invoker set search_path = ''
begin atomic
  select * from private.unblock_nights(
    unblock_nights.listing_id,
    private.day(unblock_nights.check_in, 'check_in'),
    private.day(unblock_nights.check_out, 'check_out'));
end;

grant execute on function
  private.listing_blocks, private.block_nights, private.unblock_nights, public.listing_blocks,
  public.block_nights, public.unblock_nights
  to authenticated;

comment on function public.listing_blocks is
  'The host''s own blocks on a listing; check_out is exclusive. Errors: not_your_listing.';
comment on function public.block_nights is
  'Blocks the nights from check_in to check_out (exclusive) in addition to existing blocks; '
  'returns all blocks of the listing. Errors: nights_taken (a guest has one; nothing changes), '
  'listing_not_found, not_your_listing, dates_required, invalid_dates, dates_reversed, '
  'too_many_days.';
comment on function public.unblock_nights is
  'Removes the host''s own blocks from these nights, but not stays, imported events or nights of a '
  'stay that the host cancelled; returns the remaining blocks. Errors: those of block_nights '
  'without nights_taken.';
