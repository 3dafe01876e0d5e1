-- Price floors: a home is sold below its price only as its owner wants.
--
-- A co-host with full rights sets prices and makes offers, and could sell a friend the summer for
-- one coin a night. The right to discounts is the owner's. Co-hosts go down to the floor the owner
-- set; without one, not below the owner's own price, nor beyond the greatest discount the owner
-- gives.

insert into private.host_rights (role, permission, while_suspended)
values ('owner', 'discounts', false);

create table public.price_floors (
  listing_id  uuid        primary key references public.listings on delete cascade,
  floor_minor bigint      not null,
  set_at      timestamptz not null,

  constraint price_floors_are_not_absurd check (floor_minor between 0 and 10000000000)
);

alter table public.price_floors enable row level security;
comment on table public.price_floors is
  'The lowest nightly price that co-hosts may set, as set by the owner. Visible to those who can '
  'set prices.';

create policy "hosts see the floor of their prices" on public.price_floors
  for select to authenticated
  using (listing_id = any (array(select private.listings_of_caller('prices'))));
grant select on public.price_floors to authenticated;
-- No writes: the owner sets it by a verb.

create table private.owner_prices (
  listing_id   uuid   primary key references public.listings on delete cascade,
  price_minor  bigint not null,
  lowest_minor bigint not null
);

alter table private.owner_prices enable row level security;
comment on table private.owner_prices is
  'The owner''s lowest nightly price, before and after discounts; stored when a co-host first '
  'changes it.';

create function private.own_discount(price public.listing_prices)
  returns integer language plpgsql stable security definer set search_path = ''
as $$
begin
  return greatest(0, price.early_bird_bp, price.last_minute_bp,
    case when price.new_listing_discount
      then (select settings.new_listing_bp from private.settings) end);
end $$;

create function private.discounted(price public.listing_prices, discount_bp integer)
  returns bigint language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return floor(least(price.base_price_minor,
    price.weekend_price_minor)::numeric * (10000 - discount_bp) / 10000)::bigint;
end $$;

create function private.lowest_night(price public.listing_prices)
  returns bigint language plpgsql stable security definer set search_path = ''
as $$
begin
  return private.discounted(price, greatest(
    private.own_discount(price),
    (select max(length_discounts.discount_bp) from public.length_discounts
     where length_discounts.listing_id = price.listing_id)));
end $$;

comment on function private.lowest_night is
  'Rule: the lowest possible nightly price with these prices: the lower of both, less the largest '
  'discount, since only one applies at a time.';

create function private.sells_below_price(listing_id uuid)
  returns boolean language plpgsql stable security definer set search_path = ''
as $$
begin
  -- Without a caller it is an operator or an import.
  return auth.uid() is null or private.may_manage(sells_below_price.listing_id, 'discounts');
end $$;

create function private.price_floor(listing_id uuid)
  returns private.owner_prices language plpgsql volatile security definer set search_path = ''
as $$
declare
  line private.owner_prices;
begin
  select price_floors.listing_id, price_floors.floor_minor, price_floors.floor_minor into line
  from public.price_floors where price_floors.listing_id = price_floor.listing_id;
  if found then
    return line;
  end if;
  insert into private.owner_prices (listing_id, price_minor, lowest_minor)
  select listing_prices.listing_id, private.discounted(listing_prices, 0),
    private.lowest_night(listing_prices)
  from public.listing_prices where listing_prices.listing_id = price_floor.listing_id
  on conflict on constraint owner_prices_pkey do nothing;
  select * into line from private.owner_prices
    where owner_prices.listing_id = price_floor.listing_id;
  return line;
end $$;

comment on function private.price_floor is
  'Rule: co-hosts cannot go below this: the floor the owner set, otherwise the price as the owner '
  'left it, before and after discounts. Nulls: nobody has set a price.';

create function private.check_lowest_price()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  former   public.listing_prices;
  line     private.owner_prices;
  discount integer := private.own_discount(new);
begin
  -- Of an upsert the row comes as an insert first.
  select * into former from public.listing_prices where listing_prices.listing_id = new.listing_id;
  if private.sells_below_price(new.listing_id) then
    if auth.uid() is not null
      and row(private.discounted(new, 0), private.lowest_night(new))
        is distinct from row(private.discounted(former, 0), private.lowest_night(former))
    then
      delete from private.owner_prices where owner_prices.listing_id = new.listing_id;
    end if;
    return new;
  end if;
  -- What the owner left is kept before it changes.
  line := private.price_floor(new.listing_id);
  if (private.discounted(new, 0) < private.discounted(former, 0)
    and private.discounted(new, 0) < line.price_minor)
    or (private.lowest_night(new) < private.lowest_night(former)
      and private.lowest_night(new) < line.lowest_minor)
    or (discount > private.own_discount(former)
      and private.discounted(new, discount) < line.price_minor)
  then
    perform private.refuse('below_price_floor');
  end if;
  return new;
end $$;

create function private.check_discount()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  price  public.listing_prices;
  former integer;
begin
  if private.sells_below_price(new.listing_id) then
    if auth.uid() is not null then
      delete from private.owner_prices where owner_prices.listing_id = new.listing_id;
    end if;
    return new;
  end if;
  select * into price from public.listing_prices where listing_prices.listing_id = new.listing_id;
  -- The discount that stays of this length have already.
  select max(length_discounts.discount_bp) into former
  from public.length_discounts
  where length_discounts.listing_id = new.listing_id
    and length_discounts.minimum_nights <= new.minimum_nights;
  if new.discount_bp > coalesce(former, 0)
    and private.discounted(price,
      new.discount_bp) < (private.price_floor(new.listing_id)).price_minor
  then
    perform private.refuse('below_price_floor');
  end if;
  return new;
end $$;

-- Once a statement, as the steps of prices: a host sets a season of many homes at once.
create function private.check_day_prices()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  homes  uuid[];
  lowest bigint[];
begin
  -- Without a caller it is an operator or an import.
  if auth.uid() is null then
    return null;
  end if;
  if tg_op = 'INSERT' then
    select array_agg(lowered.listing_id), array_agg(lowered.price_minor) into homes, lowest
    from (
      select after.listing_id, min(after.price_minor) as price_minor
      from after
      where after.price_minor is not null
      group by after.listing_id) as lowered;
  else
    select array_agg(lowered.listing_id), array_agg(lowered.price_minor) into homes, lowest
    from (
      select after.listing_id, min(after.price_minor) as price_minor
      from after
      left join before on before.listing_id = after.listing_id and before.day = after.day
      where before.price_minor is null or after.price_minor < before.price_minor
      group by after.listing_id) as lowered;
  end if;
  for place in 1 .. coalesce(cardinality(homes), 0) loop
    if not private.sells_below_price(homes[place])
      and lowest[place] < (private.price_floor(homes[place])).price_minor
    then
      perform private.refuse('below_price_floor', 'home', homes[place]::text);
    end if;
  end loop;
  return null;
end $$;

comment on function private.check_lowest_price is
  'Rule: a co-host cannot lower prices or add discounts below private.price_floor; the owner can.';
comment on function private.check_discount is
  'Rule: the same applies to a co-host''s discounts for long stays.';
comment on function private.check_day_prices is
  'Rule: the same applies to a co-host''s prices for days.';

create trigger check_the_floor before insert or update on public.listing_prices
  for each row execute function private.check_lowest_price();
create trigger check_the_floor before insert or update on public.length_discounts
  for each row execute function private.check_discount();
create trigger check_the_new_floor after insert on public.calendar_days
  referencing new table as after
  for each statement execute function private.check_day_prices();
create trigger check_the_floor after update on public.calendar_days
  referencing old table as before new table as after
  for each statement execute function private.check_day_prices();

create function private.check_offered_price(
  listing_id uuid, check_in date, check_out date, guests integer, pets integer,
    subtotal_minor bigint)
  returns void language plpgsql stable security definer set search_path = ''
as $$
begin
  if private.sells_below_price(listing_id) then
    return;
  end if;
  if subtotal_minor < (
    private.price_stay(listing_id, check_in, check_out, guests, pets)).subtotal_minor
    and subtotal_minor < coalesce((
      select price_floors.floor_minor * (
        check_offered_price.check_out - check_offered_price.check_in)
      from public.price_floors where price_floors.listing_id = check_offered_price.listing_id),
        subtotal_minor + 1)
  then
    perform private.refuse('below_price_floor');
  end if;
end $$;

comment on function private.check_offered_price is
  'Rule: a co-host cannot offer a stay for less than it costs, or less than its nights at the '
  'owner''s floor.';

-- What the owner says

create function private.set_price_floor(listing_id uuid, floor_minor bigint)
  returns public.price_floors language plpgsql volatile security definer set search_path = ''
as $$
declare
  price_floor public.price_floors;
begin
  perform private.listing_to_manage(set_price_floor.listing_id, 'discounts');
  if set_price_floor.floor_minor is null then
    delete from public.price_floors where price_floors.listing_id = set_price_floor.listing_id;
    return null;
  end if;
  if set_price_floor.floor_minor not between 0 and 10000000000 then
    perform private.refuse('invalid_price');
  end if;
  insert into public.price_floors (listing_id, floor_minor, set_at)
  values (set_price_floor.listing_id, set_price_floor.floor_minor, private.now())
  on conflict on constraint price_floors_pkey do update
  set floor_minor = excluded.floor_minor, set_at = excluded.set_at
  where price_floors.floor_minor <> excluded.floor_minor;
  select * into strict price_floor from public.price_floors
  where price_floors.listing_id = set_price_floor.listing_id;
  return price_floor;
end $$;

create function public.set_price_floor(listing_id uuid, floor_minor bigint)
  returns public.price_floors language sql volatile security invoker set search_path = ''
  return private.set_price_floor(listing_id, floor_minor);

grant execute on function private.set_price_floor, public.set_price_floor to authenticated;
comment on function public.set_price_floor is
  'The owner sets the lowest nightly price that co-hosts may set, in prices, discounts and special '
  'offers; null: no lower than the owner''s own price, and no offer below the listed price. '
  'Repeating it changes nothing. Errors: not_your_listing, listing_not_found, invalid_price.';
