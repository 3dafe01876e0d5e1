-- Addresses: where a listing is, what strangers see of that, and how guests get in.

-- Places as maps write them

create function private.longitude(degrees double precision)
  returns double precision language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return case
    when degrees between -180 and 180 then degrees
    -- By numeric, which makes 21.1 of -338.9 and not 21.100000000000023.
    else (mod(mod(degrees::numeric, 360) + 540, 360) - 180)::double precision
  end;
end $$;

comment on function private.longitude is
  'Rule: a longitude is taken modulo 360, from -180 to 180: a map that was dragged around the '
  'world says 190, 530 or -339. NaN if it is not finite.';

-- Where it is

create table public.listing_addresses (
  listing_id  uuid             primary key references public.listings on delete cascade,
  street      text             not null,
  unit        text             not null default '',
  postal_code text             not null default '',
  latitude    double precision not null,
  longitude   double precision not null,

  constraint listing_addresses_have_a_street
    check (char_length(btrim(street)) between 1 and 300),
  constraint listing_addresses_have_a_short_unit check (char_length(unit) <= 100),
  constraint listing_addresses_have_a_short_code check (char_length(postal_code) <= 20),
  constraint listing_addresses_stand_on_earth    check (
    latitude between -90 and 90 and longitude between -180 and 180)
);

comment on table public.listing_addresses is
  'The exact address: visible to hosts with the permission listing, and to a guest with a '
  'confirmed stay from the first captured money or the end of the grace period on (at once where '
  'there is none), until check-out.';

alter table public.listing_addresses enable row level security;

create function private.wrap_longitude()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
begin
  new.longitude := private.longitude(new.longitude);
  return new;
end $$;

comment on function private.wrap_longitude is
  'Rule: the longitude of a home is stored from -180 to 180, whichever map it was picked on. A '
  'latitude beyond a pole is refused: it is a mistake, such as swapped coordinates.';

create trigger wrap_the_longitude before insert or update of longitude on public.listing_addresses
  for each row execute function private.wrap_longitude();

-- Guests read it too while contacts of their stay are open: that policy is in trouble_contacts.
create policy "hosts write their own addresses" on public.listing_addresses
  for insert to authenticated with check (private.may_manage(listing_id, 'listing'));
create policy "hosts edit their own addresses" on public.listing_addresses
  for update to authenticated
  using (listing_id = any (array(select private.listings_of_caller('listing'))))
  with check (private.may_manage(listing_id, 'listing'));

grant select on public.listing_addresses to authenticated;
grant insert (listing_id, street, unit, postal_code, latitude, longitude)
  on public.listing_addresses to authenticated;
grant update (listing_id, street, unit, postal_code, latitude, longitude)
  on public.listing_addresses to authenticated;

-- How far the public point lies from the door. Drawn once: if each save drew another point, their
-- mean would be the door.
create table private.point_offsets (
  listing_id   uuid             primary key references public.listings on delete cascade,
  north_metres double precision not null,
  east_metres  double precision not null
);

alter table private.point_offsets enable row level security;
comment on table private.point_offsets is
  'The secret offset from a listing''s address to its public point: 150 to 450 metres.';

create function private.place_public_point()
  returns trigger language plpgsql volatile security definer set search_path = ''
as $$
declare
  way     private.point_offsets;
  bearing double precision;
  metres  double precision;
begin
  select * into way from private.point_offsets where point_offsets.listing_id = new.listing_id;
  if not found then
    -- Units behind one door share an offset: the mean of many points would be the door. Not further
    -- than about 100 metres, or who knows one door of a host could compute the others.
    select point_offsets.* into way
    from public.listings
    join public.listings as neighbours on neighbours.host_id = listings.host_id
    join public.listing_addresses on listing_addresses.listing_id = neighbours.listing_id
    join private.point_offsets on point_offsets.listing_id = neighbours.listing_id
    where listings.listing_id = new.listing_id
      and abs(listing_addresses.latitude - new.latitude) < 0.001
      and abs(listing_addresses.longitude - new.longitude) * cos(radians(new.latitude)) < 0.001
    order by neighbours.created_at, neighbours.listing_id
    limit 1;
    if not found then
      -- 48 random bits each of a version 4 uuid, which Postgres takes from a strong source;
      -- random() is guessable.
      bearing := 2 * pi() * private.strong_random();
      metres  := sqrt(150.0 ^ 2 + (450.0 ^ 2 - 150.0 ^ 2) * private.strong_random());
      way.north_metres := metres * cos(bearing);
      way.east_metres  := metres * sin(bearing);
    end if;
    insert into private.point_offsets (listing_id, north_metres, east_metres)
    values (new.listing_id, way.north_metres, way.east_metres)
    on conflict on constraint point_offsets_pkey do nothing;
    select * into way from private.point_offsets where point_offsets.listing_id = new.listing_id;
  end if;

  -- 111,320 metres to a degree of latitude; at the poles every longitude is near.
  update public.listings
  set latitude  = round(
    greatest(-90, least(90, new.latitude + way.north_metres / 111320))::numeric, 6),
      longitude = round((mod((new.longitude + 540
        + way.east_metres / (111320 * greatest(0.01, cos(radians(new.latitude)))))::numeric,
          360) - 180), 6)
  where listings.listing_id = new.listing_id;
  return null;
end $$;

comment on function private.place_public_point is
  'Rule: the public sees one stable point a few hundred metres from the door.';

create function private.strong_random()
  returns double precision language sql volatile security invoker set search_path = ''
  return ('x' || left(replace(gen_random_uuid()::text, '-', ''), 12))::bit(
    48)::bigint / 281474976710656.0;

create trigger keep_the_listing after update of listing_id on public.listing_addresses
  for each row when (old.listing_id <> new.listing_id) execute function private.keep_listing();
create trigger place_the_public_point
  after insert or update of latitude, longitude on public.listing_addresses
  for each row execute function private.place_public_point();

-- How to get in

create table public.listing_access (
  listing_id    uuid primary key references public.listings on delete cascade,
  instructions  text not null default '',
  door_code     text not null default '',
  wifi_name     text not null default '',
  wifi_password text not null default '',

  constraint listing_access_is_short check (
    char_length(instructions) <= 5000 and char_length(door_code) <= 100
    and char_length(wifi_name) <= 100 and char_length(wifi_password) <= 100)
);

comment on table public.listing_access is
  'How to get in: visible to hosts with the permission listing, and to a guest with a confirmed '
  'stay that is paid at least in part or free, from 3 days (the setting access_days) before '
  'check-in until check-out.';

alter table public.listing_access enable row level security;

-- Guests read it too shortly before and during their stay: that policy is in trouble_contacts.
create policy "hosts write their own access details" on public.listing_access
  for insert to authenticated with check (private.may_manage(listing_id, 'listing'));
create policy "hosts edit their own access details" on public.listing_access
  for update to authenticated
  using (listing_id = any (array(select private.listings_of_caller('listing'))))
  with check (private.may_manage(listing_id, 'listing'));

grant select on public.listing_access to authenticated;
grant insert (listing_id, instructions, door_code, wifi_name, wifi_password)
  on public.listing_access to authenticated;
grant update (listing_id, instructions, door_code, wifi_name, wifi_password)
  on public.listing_access to authenticated;

create trigger keep_the_listing after update of listing_id on public.listing_access
  for each row when (old.listing_id <> new.listing_id) execute function private.keep_listing();
