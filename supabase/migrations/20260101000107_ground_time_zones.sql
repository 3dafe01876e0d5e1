-- Time zones: which ones a home can be in, and what its clocks show.
--
-- Postgres alone turns a clock on the wall into an instant and back. The engines that Staybase runs
-- on carry different rules: in November 2026 the embedded Postgres left Vancouver at UTC-7 for good
-- and Deno did not, while Node kept Edmonton on summer time and Postgres did not. An edge function
-- that needs offsets asks for them here (zone_rules), so that nights and deadlines cannot disagree.

create table private.time_zones (
  time_zone text primary key
);

create unique index time_zones_name_idx on private.time_zones (lower(time_zone));

alter table private.time_zones enable row level security;

comment on table private.time_zones is
  'The names in the IANA time zone database, including links, that Postgres and JavaScript '
  'interpret as the same zone. Without abbreviations: Postgres reads CET as UTC+1 all year, '
  'JavaScript as Brussels.';

insert into private.time_zones (time_zone)
select regexp_split_to_table(btrim($names$
  Africa/Abidjan Africa/Accra Africa/Addis_Ababa Africa/Algiers Africa/Asmara Africa/Asmera
  Africa/Bamako Africa/Bangui Africa/Banjul Africa/Bissau Africa/Blantyre Africa/Brazzaville
  Africa/Bujumbura Africa/Cairo Africa/Casablanca Africa/Ceuta Africa/Conakry Africa/Dakar
  Africa/Dar_es_Salaam Africa/Djibouti Africa/Douala Africa/El_Aaiun Africa/Freetown
  Africa/Gaborone Africa/Harare Africa/Johannesburg Africa/Juba Africa/Kampala Africa/Khartoum
  Africa/Kigali Africa/Kinshasa Africa/Lagos Africa/Libreville Africa/Lome Africa/Luanda
  Africa/Lubumbashi Africa/Lusaka Africa/Malabo Africa/Maputo Africa/Maseru Africa/Mbabane
  Africa/Mogadishu Africa/Monrovia Africa/Nairobi Africa/Ndjamena Africa/Niamey
  Africa/Nouakchott Africa/Ouagadougou Africa/Porto-Novo Africa/Sao_Tome Africa/Timbuktu
  Africa/Tripoli Africa/Tunis Africa/Windhoek America/Adak America/Anchorage America/Anguilla
  America/Antigua America/Araguaina America/Argentina/Buenos_Aires America/Argentina/Catamarca
  America/Argentina/ComodRivadavia America/Argentina/Cordoba America/Argentina/Jujuy
  America/Argentina/La_Rioja America/Argentina/Mendoza America/Argentina/Rio_Gallegos
  America/Argentina/Salta America/Argentina/San_Juan America/Argentina/San_Luis
  America/Argentina/Tucuman America/Argentina/Ushuaia America/Aruba America/Asuncion
  America/Atikokan America/Atka America/Bahia America/Bahia_Banderas America/Barbados
  America/Belem America/Belize America/Blanc-Sablon America/Boa_Vista America/Bogota
  America/Boise America/Buenos_Aires America/Cambridge_Bay America/Campo_Grande America/Cancun
  America/Caracas America/Catamarca America/Cayenne America/Cayman America/Chicago
  America/Chihuahua America/Ciudad_Juarez America/Coral_Harbour America/Cordoba
  America/Costa_Rica America/Coyhaique America/Creston America/Cuiaba America/Curacao
  America/Danmarkshavn America/Dawson America/Dawson_Creek America/Denver America/Detroit
  America/Dominica America/Edmonton America/Eirunepe America/El_Salvador America/Ensenada
  America/Fort_Nelson America/Fort_Wayne America/Fortaleza America/Glace_Bay America/Godthab
  America/Goose_Bay America/Grand_Turk America/Grenada America/Guadeloupe America/Guatemala
  America/Guayaquil America/Guyana America/Halifax America/Havana America/Hermosillo
  America/Indiana/Indianapolis America/Indiana/Knox America/Indiana/Marengo
  America/Indiana/Petersburg America/Indiana/Tell_City America/Indiana/Vevay
  America/Indiana/Vincennes America/Indiana/Winamac America/Indianapolis America/Inuvik
  America/Iqaluit America/Jamaica America/Jujuy America/Juneau America/Kentucky/Louisville
  America/Kentucky/Monticello America/Knox_IN America/Kralendijk America/La_Paz America/Lima
  America/Los_Angeles America/Louisville America/Lower_Princes America/Maceio America/Managua
  America/Manaus America/Marigot America/Martinique America/Matamoros America/Mazatlan
  America/Mendoza America/Menominee America/Merida America/Metlakatla America/Mexico_City
  America/Miquelon America/Moncton America/Monterrey America/Montevideo America/Montreal
  America/Montserrat America/Nassau America/New_York America/Nipigon America/Nome
  America/Noronha America/North_Dakota/Beulah America/North_Dakota/Center
  America/North_Dakota/New_Salem America/Nuuk America/Ojinaga America/Panama America/Pangnirtung
  America/Paramaribo America/Phoenix America/Port-au-Prince America/Port_of_Spain
  America/Porto_Acre America/Porto_Velho America/Puerto_Rico America/Punta_Arenas
  America/Rainy_River America/Rankin_Inlet America/Recife America/Regina America/Resolute
  America/Rio_Branco America/Rosario America/Santa_Isabel America/Santarem America/Santiago
  America/Santo_Domingo America/Sao_Paulo America/Scoresbysund America/Shiprock America/Sitka
  America/St_Barthelemy America/St_Johns America/St_Kitts America/St_Lucia America/St_Thomas
  America/St_Vincent America/Swift_Current America/Tegucigalpa America/Thule America/Thunder_Bay
  America/Tijuana America/Toronto America/Tortola America/Vancouver America/Virgin
  America/Whitehorse America/Winnipeg America/Yakutat America/Yellowknife Antarctica/Casey
  Antarctica/Davis Antarctica/DumontDUrville Antarctica/Macquarie Antarctica/Mawson
  Antarctica/McMurdo Antarctica/Palmer Antarctica/Rothera Antarctica/South_Pole Antarctica/Syowa
  Antarctica/Troll Antarctica/Vostok Arctic/Longyearbyen Asia/Aden Asia/Almaty Asia/Amman
  Asia/Anadyr Asia/Aqtau Asia/Aqtobe Asia/Ashgabat Asia/Ashkhabad Asia/Atyrau Asia/Baghdad
  Asia/Bahrain Asia/Baku Asia/Bangkok Asia/Barnaul Asia/Beirut Asia/Bishkek Asia/Brunei
  Asia/Calcutta Asia/Chita Asia/Choibalsan Asia/Chongqing Asia/Chungking Asia/Colombo Asia/Dacca
  Asia/Damascus Asia/Dhaka Asia/Dili Asia/Dubai Asia/Dushanbe Asia/Famagusta Asia/Gaza
  Asia/Harbin Asia/Hebron Asia/Ho_Chi_Minh Asia/Hong_Kong Asia/Hovd Asia/Irkutsk Asia/Istanbul
  Asia/Jakarta Asia/Jayapura Asia/Jerusalem Asia/Kabul Asia/Kamchatka Asia/Karachi Asia/Kashgar
  Asia/Kathmandu Asia/Katmandu Asia/Khandyga Asia/Kolkata Asia/Krasnoyarsk Asia/Kuala_Lumpur
  Asia/Kuching Asia/Kuwait Asia/Macao Asia/Macau Asia/Magadan Asia/Makassar Asia/Manila
  Asia/Muscat Asia/Nicosia Asia/Novokuznetsk Asia/Novosibirsk Asia/Omsk Asia/Oral
  Asia/Phnom_Penh Asia/Pontianak Asia/Pyongyang Asia/Qatar Asia/Qostanay Asia/Qyzylorda
  Asia/Rangoon Asia/Riyadh Asia/Saigon Asia/Sakhalin Asia/Samarkand Asia/Seoul Asia/Shanghai
  Asia/Singapore Asia/Srednekolymsk Asia/Taipei Asia/Tashkent Asia/Tbilisi Asia/Tehran
  Asia/Tel_Aviv Asia/Thimbu Asia/Thimphu Asia/Tokyo Asia/Tomsk Asia/Ujung_Pandang
  Asia/Ulaanbaatar Asia/Ulan_Bator Asia/Urumqi Asia/Ust-Nera Asia/Vientiane Asia/Vladivostok
  Asia/Yakutsk Asia/Yangon Asia/Yekaterinburg Asia/Yerevan Atlantic/Azores Atlantic/Bermuda
  Atlantic/Canary Atlantic/Cape_Verde Atlantic/Faeroe Atlantic/Faroe Atlantic/Jan_Mayen
  Atlantic/Madeira Atlantic/Reykjavik Atlantic/South_Georgia Atlantic/St_Helena Atlantic/Stanley
  Australia/ACT Australia/Adelaide Australia/Brisbane Australia/Broken_Hill Australia/Canberra
  Australia/Currie Australia/Darwin Australia/Eucla Australia/Hobart Australia/LHI
  Australia/Lindeman Australia/Lord_Howe Australia/Melbourne Australia/NSW Australia/North
  Australia/Perth Australia/Queensland Australia/South Australia/Sydney Australia/Tasmania
  Australia/Victoria Australia/West Australia/Yancowinna Brazil/Acre Brazil/DeNoronha
  Brazil/East Brazil/West Canada/Atlantic Canada/Central Canada/Eastern Canada/Mountain
  Canada/Newfoundland Canada/Pacific Canada/Saskatchewan Canada/Yukon Chile/Continental
  Chile/EasterIsland Cuba Egypt Eire Etc/GMT Etc/GMT+0 Etc/GMT+1 Etc/GMT+10 Etc/GMT+11
  Etc/GMT+12 Etc/GMT+2 Etc/GMT+3 Etc/GMT+4 Etc/GMT+5 Etc/GMT+6 Etc/GMT+7 Etc/GMT+8 Etc/GMT+9
  Etc/GMT-0 Etc/GMT-1 Etc/GMT-10 Etc/GMT-11 Etc/GMT-12 Etc/GMT-13 Etc/GMT-14 Etc/GMT-2 Etc/GMT-3
  Etc/GMT-4 Etc/GMT-5 Etc/GMT-6 Etc/GMT-7 Etc/GMT-8 Etc/GMT-9 Etc/GMT0 Etc/Greenwich Etc/UCT
  Etc/UTC Etc/Universal Etc/Zulu Europe/Amsterdam Europe/Andorra Europe/Astrakhan Europe/Athens
  Europe/Belfast Europe/Belgrade Europe/Berlin Europe/Bratislava Europe/Brussels
  Europe/Bucharest Europe/Budapest Europe/Busingen Europe/Chisinau Europe/Copenhagen
  Europe/Dublin Europe/Gibraltar Europe/Guernsey Europe/Helsinki Europe/Isle_of_Man
  Europe/Istanbul Europe/Jersey Europe/Kaliningrad Europe/Kiev Europe/Kirov Europe/Kyiv
  Europe/Lisbon Europe/Ljubljana Europe/London Europe/Luxembourg Europe/Madrid Europe/Malta
  Europe/Mariehamn Europe/Minsk Europe/Monaco Europe/Moscow Europe/Nicosia Europe/Oslo
  Europe/Paris Europe/Podgorica Europe/Prague Europe/Riga Europe/Rome Europe/Samara
  Europe/San_Marino Europe/Sarajevo Europe/Saratov Europe/Simferopol Europe/Skopje Europe/Sofia
  Europe/Stockholm Europe/Tallinn Europe/Tirane Europe/Tiraspol Europe/Ulyanovsk Europe/Uzhgorod
  Europe/Vaduz Europe/Vatican Europe/Vienna Europe/Vilnius Europe/Volgograd Europe/Warsaw
  Europe/Zagreb Europe/Zaporozhye Europe/Zurich GB GB-Eire Greenwich Hongkong Iceland
  Indian/Antananarivo Indian/Chagos Indian/Christmas Indian/Cocos Indian/Comoro Indian/Kerguelen
  Indian/Mahe Indian/Maldives Indian/Mauritius Indian/Mayotte Indian/Reunion Iran Israel Jamaica
  Japan Kwajalein Libya Mexico/BajaNorte Mexico/BajaSur Mexico/General NZ NZ-CHAT Navajo
  Pacific/Apia Pacific/Auckland Pacific/Bougainville Pacific/Chatham Pacific/Chuuk
  Pacific/Easter Pacific/Efate Pacific/Enderbury Pacific/Fakaofo Pacific/Fiji Pacific/Funafuti
  Pacific/Galapagos Pacific/Gambier Pacific/Guadalcanal Pacific/Guam Pacific/Honolulu
  Pacific/Johnston Pacific/Kanton Pacific/Kiritimati Pacific/Kosrae Pacific/Kwajalein
  Pacific/Majuro Pacific/Marquesas Pacific/Midway Pacific/Nauru Pacific/Niue Pacific/Norfolk
  Pacific/Noumea Pacific/Pago_Pago Pacific/Palau Pacific/Pitcairn Pacific/Pohnpei Pacific/Ponape
  Pacific/Port_Moresby Pacific/Rarotonga Pacific/Saipan Pacific/Samoa Pacific/Tahiti
  Pacific/Tarawa Pacific/Tongatapu Pacific/Truk Pacific/Wake Pacific/Wallis Pacific/Yap Poland
  Portugal Singapore Turkey US/Alaska US/Aleutian US/Arizona US/Central US/East-Indiana
  US/Eastern US/Hawaii US/Indiana-Starke US/Michigan US/Mountain US/Pacific US/Samoa UTC
  Universal W-SU Zulu
$names$, E' \n'), '\s+');

create function private.known_time_zone(name text)
  returns text language plpgsql stable security definer set search_path = ''
as $$
declare
  known text;
begin
  select time_zones.time_zone into known from private.time_zones
  where lower(time_zones.time_zone) = lower(known_time_zone.name);
  -- A Postgres whose zone data is older than the list may lack a name.
  perform timestamptz '2000-01-01 00:00Z' at time zone known;
  return known;
exception when invalid_parameter_value then
  return null;
end $$;

comment on function private.known_time_zone is
  'Rule: the canonical spelling of a time zone that a home can be in, or null. Postgres itself '
  'also accepts abbreviations, fixed offsets and POSIX forms: it reads Europe/Paris5 as five hours '
  'west of Greenwich.';

-- Clocks on the wall

create function private.utc_offset(instant timestamptz, time_zone text)
  returns integer language plpgsql stable security invoker set search_path = ''
as $$
begin
  return extract(epoch
    from (instant at time zone time_zone) - (instant at time zone 'UTC'))::integer;
end $$;

comment on function private.utc_offset is
  'The offset of a zone from UTC at an instant, in seconds.';

create function private.instant_at(wall timestamp, time_zone text)
  returns timestamptz language plpgsql stable security invoker set search_path = ''
as $$
declare
  instant timestamptz := wall at time zone time_zone;
  -- Longer ago than any clock was ever put back: Alaska repeated a day in 1867.
  offset_before integer := private.utc_offset(instant - interval '25 hours', time_zone);
  first   timestamptz := wall at time zone 'UTC' - make_interval(secs => offset_before);
begin
  if first < instant and first at time zone time_zone = wall then
    return first;
  end if;
  return instant;
end $$;

comment on function private.instant_at is
  'Rule: a local time that is skipped uses the offset before the gap, and one that occurs twice is '
  'the first of the two (RFC 5545, 3.3.5). "at time zone" agrees about gaps, but takes the second '
  'of two: measured over all changes of all zones from 1970 to 2037.';

create function private.days_later(instant timestamptz, days integer, time_zone text)
  returns timestamptz language plpgsql stable security invoker set search_path = ''
as $$
begin
  return private.instant_at((instant at time zone time_zone) + make_interval(days => days),
    time_zone);
end $$;

comment on function private.days_later is
  'Rule: a number of days later is the same local time of day.';

-- Rules for edge functions

create type public.zone_rules as (
  time_zone text,
  since     bigint[],
  offsets   integer[]
);

create function private.zone_rules(names text[], first date, last date)
  returns setof public.zone_rules language plpgsql stable security definer set search_path = ''
as $$
declare
  name    text;
  known   text;
  changed record;
  earlier timestamptz;
  later   timestamptz;
  middle  timestamptz;
  rules   public.zone_rules;
begin
  if (isfinite(first) and isfinite(last) and last - first <= 36600) is not true then
    perform private.refuse('invalid_dates', 'century');
  end if;
  foreach name in array coalesce(names[1:1000], '{}') loop
    known := private.known_time_zone(name);
    continue when known is null;
    rules := row(name, '{}'::bigint[],
      array[private.utc_offset(first::timestamp at time zone 'UTC', known)]);
    -- A week is short enough: days and hours found no more changes (all zones, 1970 to 2037).
    for changed in
      with sampled as (
        select week, private.utc_offset(week, known) as seconds
        from generate_series(
          first::timestamp at time zone 'UTC', (last + 7)::timestamp at time zone 'UTC',
            '7 days') as week
      ), compared as (
        select sampled.week, sampled.seconds, lag(sampled.seconds)
          over (order by sampled.week) as before
        from sampled
      )
      select * from compared where compared.seconds <> compared.before order by compared.week
    loop
      earlier := changed.week - interval '7 days';
      later := changed.week;
      while later - earlier > interval '1 second' loop
        middle := earlier + date_trunc('second', (later - earlier) / 2);
        if private.utc_offset(middle, known) = changed.before then
          earlier := middle;
        else
          later := middle;
        end if;
      end loop;
      rules.since := rules.since || extract(epoch from later)::bigint;
      rules.offsets := rules.offsets || changed.seconds;
    end loop;
    return next rules;
  end loop;
end $$;

comment on function private.zone_rules is
  'Rule: edge functions use the time zone rules of Postgres, not those of their own engine.';

create function public.zone_rules(names text[], first date, last date)
  returns setof public.zone_rules language sql stable security invoker set search_path = ''
begin atomic
  select * from private.zone_rules(zone_rules.names, zone_rules.first, zone_rules.last);
end;

grant execute on function private.zone_rules, public.zone_rules to service_role;
comment on function public.zone_rules is
  'Server: the UTC offsets of these time zones between two days: offsets[1] seconds ahead of UTC '
  'before since[1] (seconds since 1970), then offsets[2], and so on. Unknown names are left out. '
  'Errors: invalid_dates.';
