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

create function private.block_nights(listing_id uuid, check_in date, check_out date, note text)
  returns setof public.listing_block language plpgsql volatile security definer set search_path = ''
as $$
declare
  wanted  daterange;
  missing datemultirange;
  blocked integer;
begin
  perform private.check_days(check_in, check_out);
  perform private.active_caller();
  wanted := daterange(check_in, check_out);
  if private.may_manage(block_nights.listing_id, 'calendar') then
    perform private.release_overdue_holds(block_nights.listing_id, wanted);
  end if;
  perform private.listing_to_manage(block_nights.listing_id, 'calendar');

  select datemultirange(wanted) - coalesce(range_agg(claims.nights), '{}') into missing
  from private.claims
  where claims.listing_id = block_nights.listing_id and claims.kind = 'block'
    and claims.nights && wanted;

  insert into private.claims (listing_id, nights, lane, kind, note)
  select block_nights.listing_id, run, private.own_lane(), 'block', block_nights.note
  from unnest(missing) as run
  on conflict do nothing;
  get diagnostics blocked = row_count;
  if blocked < (select count(*) from unnest(missing)) then
    perform private.refuse('nights_taken', 'guest');
  end if;
  return query select * from private.blocks_of(block_nights.listing_id);
end $$;

create function private.unblock_nights(listing_id uuid, check_in date, check_out date)
  returns setof public.listing_block language plpgsql volatile security definer set search_path = ''
as $$
declare
  wanted daterange;
begin
  perform private.check_days(check_in, check_out);
  perform private.listing_to_manage(unblock_nights.listing_id, 'calendar');
  wanted := daterange(check_in, check_out);

  with cut as (
    delete from private.claims
    where claims.listing_id = unblock_nights.listing_id and claims.kind = 'block'
      and claims.nights && wanted
    returning claims.nights, claims.note
  )
  insert into private.claims (listing_id, nights, lane, kind, note)
  select unblock_nights.listing_id, run, private.own_lane(), 'block', cut.note
  from cut, unnest(datemultirange(cut.nights) - datemultirange(wanted)) as run;
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
  'stay that the host cancelled; returns the remaining blocks. Errors: as block_nights.';
