import { cityBox, declareWhere, mapBox, timed, where } from './workloads.ts';

/** What else a search page asks for, and the least that each could cost. */

const days = 'check_in => day::text, check_out => (day + 3)::text';
const homesOfBox = `select count(*) into found from (
  select listing_search.price_minor from private.listing_search
  where listed and place <@ box(point(west, south), point(east, north)) offset 0) as homes;`;
const inBox = (box: string) =>
  `${where}
  select * into west, south, east, north from (values (${box})) as sides;`;
const declareBox = `${declareWhere}
  west double precision; south double precision; east double precision; north double precision;`;
const someHomes = `${where}
  homes := array(
    select listing_id from private.listing_search
    where listed order by place <-> point(city.longitude, city.latitude) limit 20);`;

/** Search words: a common one, a rare one, and a misspelled one. */
const worded = (name: string, more: string) =>
  timed(
    name,
    declareWhere,
    where,
    `select count(*) into found from public.search_listings(${more});`,
  );

export const searchPage = [
  worded('frequent_words', `${mapBox}, words => 'quiet loft with a view'`),
  worded('rare_words', `words => 'sauna garden'`),
  worded('misspelled_words', `${cityBox}, words => 'apartmnt'`),
  timed(
    'worded_rows',
    'found bigint;',
    '',
    `select count(*) into found from (
       select listing_words.listing_id from private.listing_words
       where words @@ '''en:sauna'' & ''en:garden'''::tsquery limit 20) as homes;`,
  ),
  worded('map_unworded', mapBox),
  worded('city_unworded', cityBox),
  timed(
    'map_pins',
    declareWhere,
    where,
    `select count(*) into found from public.search_pins(${mapBox}, ${days});`,
  ),
  timed(
    'city_pins',
    declareWhere,
    where,
    `select count(*) into found from public.search_pins(${cityBox});`,
  ),
  timed(
    'map_facets',
    declareWhere,
    where,
    `select (public.search_facets(${mapBox}, ${days})).homes into found;`,
  ),
  timed(
    'city_facets',
    declareWhere,
    where,
    `select (public.search_facets(${cityBox})).homes into found;`,
  ),
  timed(
    'map_screen',
    declareWhere,
    where,
    `select (public.search_screen(${mapBox}, ${days})).facets.homes into found;`,
  ),
  timed(
    'map_page',
    declareWhere,
    where,
    `select count(*) into found from public.search_listings(${mapBox}, ${days});`,
  ),
  timed(
    'city_screen',
    declareWhere,
    where,
    `select (public.search_screen(${cityBox})).facets.homes into found;`,
  ),
  timed('world_pins', 'found bigint;', '', 'select count(*) into found from public.search_pins();'),
  timed('map_homes', declareBox, inBox(mapBox), homesOfBox),
  timed('city_homes', declareBox, inBox(cityBox), homesOfBox),
  timed(
    'sample_homes',
    'found bigint;',
    '',
    `select count(*) into found from (select price_minor from private.listing_search limit 3000) as homes;`,
  ),
  timed(
    'places',
    'found bigint;',
    '',
    `select count(*) into found from public.search_places('city ' || 1 + i % 50);`,
  ),
  timed(
    'misspelled_places',
    'found bigint;',
    '',
    `select count(*) into found from public.search_places('ctiy ' || 1 + i % 50);`,
  ),
  timed(
    'place_rows',
    'found bigint;',
    '',
    `select sum(length(places.name)) into found from (
       select place_id from private.place_names where words >= 'city ' || 1 + i % 50 order by words limit 10) as first
     join private.places on places.place_id = first.place_id;`,
  ),
  timed(
    'prices_of_twenty',
    `${declareWhere} homes uuid[];`,
    someHomes,
    `select count(*) into found from public.stay_prices(homes, day::text, (day + 3)::text);`,
  ),
  timed(
    'quotes_of_twenty',
    `${declareWhere} homes uuid[];`,
    someHomes,
    `select count(private.stay_problem(home, day, day + 3, 1, 0, 0, null)) into found from unnest(homes) as home;`,
  ),
  timed(
    'similar',
    `${declareWhere} homes uuid[];`,
    someHomes,
    `select count(*) into found from public.similar_homes(homes[1 + i % cardinality(homes)], day::text, (day + 3)::text);`,
  ),
  timed(
    'nearest_rows',
    declareWhere,
    where,
    `select sum(near.price_minor) into found from (
       select price_minor from private.listing_search where listed
       order by place <-> point(city.longitude, city.latitude) limit 400) as near;`,
  ),
].join('\n');

/** Each line: what, the subject, its floor, the most it may cost of it, a note. */
export const searchPageLines = [
  [
    'pins of a map, with dates',
    'map_pins',
    'map_homes',
    undefined,
    'floor: the homes of the box read; with totals',
  ],
  [
    'pins or clusters of a city',
    'city_pins',
    'city_homes',
    undefined,
    'floor: the homes of the box read',
  ],
  [
    'clusters of the world',
    'world_pins',
    'sample_homes',
    undefined,
    'floor: 3000 homes read in no order',
  ],
  ['facets of a map, with dates', 'map_facets', 'map_homes', undefined, 'with totals'],
  ['facets of a city', 'city_facets', 'city_homes', undefined, ''],
  [
    'screen of a map: page, pins, facets',
    'map_screen',
    'map_page',
    2,
    'floor: the page alone, with dates',
  ],
  ['screen of a city', 'city_screen', 'city_unworded', 2, 'floor: the page alone'],
  [
    'frequent words on a map',
    'frequent_words',
    'map_unworded',
    undefined,
    'floor: the same without words',
  ],
  [
    'rare words in the world',
    'rare_words',
    'worded_rows',
    undefined,
    'floor: twenty rows by their index',
  ],
  [
    'misspelled words in a city',
    'misspelled_words',
    'city_unworded',
    undefined,
    'floor: the same without words',
  ],
  ['places while one types', 'places', 'place_rows', undefined, 'floor: ten rows by an index'],
  ['places, misspelled', 'misspelled_places', 'place_rows', undefined, 'by likeness'],
  [
    'stay_prices of twenty homes',
    'prices_of_twenty',
    'quotes_of_twenty',
    undefined,
    'floor: stay_problem of each',
  ],
  [
    'similar homes, with dates',
    'similar',
    'nearest_rows',
    undefined,
    'floor: the 400 nearest read',
  ],
] as const;
