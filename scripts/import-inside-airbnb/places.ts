/** Where the listings of one Inside Airbnb file are. */
export interface Place {
  city: string;
  /** ISO 3166 alpha-2. */
  country: string;
  region: string | null;
  /** IANA name. */
  timeZone: string;
  /** ISO 4217; what the file's prices are in, whatever sign stands before them. */
  currency: string;
}

type Row = [
  city: string,
  country: string,
  region: string | null,
  timeZone: string,
  currency: string,
  latitude: number,
  longitude: number,
  kilometres?: number,
];

// The places Inside Airbnb publishes, with a point in their middle and, where they are more than a
// city and its surroundings, how far they reach from it.
const known: Row[] = [
  ['Albany', 'US', 'New York', 'America/New_York', 'USD', 42.66, -73.77],
  ['Amsterdam', 'NL', null, 'Europe/Amsterdam', 'EUR', 52.37, 4.89],
  ['Antwerp', 'BE', null, 'Europe/Brussels', 'EUR', 51.22, 4.4],
  ['Asheville', 'US', 'North Carolina', 'America/New_York', 'USD', 35.59, -82.55],
  ['Athens', 'GR', null, 'Europe/Athens', 'EUR', 37.98, 23.73],
  ['Austin', 'US', 'Texas', 'America/Chicago', 'USD', 30.27, -97.74],
  ['Bangkok', 'TH', null, 'Asia/Bangkok', 'THB', 13.75, 100.52],
  ['Barcelona', 'ES', 'Catalonia', 'Europe/Madrid', 'EUR', 41.39, 2.17],
  ['Barossa Valley', 'AU', 'South Australia', 'Australia/Adelaide', 'AUD', -34.53, 138.95],
  ['Barwon South West', 'AU', 'Victoria', 'Australia/Melbourne', 'AUD', -38.3, 143.2, 200],
  ['Beijing', 'CN', null, 'Asia/Shanghai', 'CNY', 39.9, 116.4, 120],
  ['Belize', 'BZ', null, 'America/Belize', 'BZD', 17.2, -88.5, 200],
  ['Bergamo', 'IT', 'Lombardy', 'Europe/Rome', 'EUR', 45.7, 9.67],
  ['Berlin', 'DE', null, 'Europe/Berlin', 'EUR', 52.52, 13.4],
  ['Bologna', 'IT', 'Emilia-Romagna', 'Europe/Rome', 'EUR', 44.49, 11.34],
  ['Bordeaux', 'FR', null, 'Europe/Paris', 'EUR', 44.84, -0.58],
  ['Boston', 'US', 'Massachusetts', 'America/New_York', 'USD', 42.36, -71.06],
  ['Bozeman', 'US', 'Montana', 'America/Denver', 'USD', 45.68, -111.04],
  ['Bristol', 'GB', null, 'Europe/London', 'GBP', 51.45, -2.59],
  ['Broward County', 'US', 'Florida', 'America/New_York', 'USD', 26.12, -80.2],
  ['Brussels', 'BE', null, 'Europe/Brussels', 'EUR', 50.85, 4.35],
  ['Budapest', 'HU', null, 'Europe/Budapest', 'HUF', 47.5, 19.04],
  ['Buenos Aires', 'AR', null, 'America/Argentina/Buenos_Aires', 'ARS', -34.6, -58.4],
  ['Cambridge', 'US', 'Massachusetts', 'America/New_York', 'USD', 42.375, -71.115, 5],
  ['Cape Town', 'ZA', null, 'Africa/Johannesburg', 'ZAR', -33.92, 18.42],
  ['Chicago', 'US', 'Illinois', 'America/Chicago', 'USD', 41.88, -87.63],
  ['Clark County', 'US', 'Nevada', 'America/Los_Angeles', 'USD', 36.17, -115.14, 150],
  ['Columbus', 'US', 'Ohio', 'America/New_York', 'USD', 39.96, -83],
  ['Copenhagen', 'DK', null, 'Europe/Copenhagen', 'DKK', 55.68, 12.57, 25],
  ['Crete', 'GR', null, 'Europe/Athens', 'EUR', 35.3, 24.8, 180],
  ['Dallas', 'US', 'Texas', 'America/Chicago', 'USD', 32.78, -96.8],
  ['Denver', 'US', 'Colorado', 'America/Denver', 'USD', 39.74, -104.99],
  ['Dublin', 'IE', null, 'Europe/Dublin', 'EUR', 53.35, -6.26],
  ['Edinburgh', 'GB', 'Scotland', 'Europe/London', 'GBP', 55.95, -3.19],
  ['Euskadi', 'ES', 'Euskadi', 'Europe/Madrid', 'EUR', 43.1, -2.5, 100],
  ['Florence', 'IT', 'Tuscany', 'Europe/Rome', 'EUR', 43.77, 11.26],
  ['Fort Worth', 'US', 'Texas', 'America/Chicago', 'USD', 32.76, -97.33],
  ['Geneva', 'CH', null, 'Europe/Zurich', 'CHF', 46.2, 6.15],
  ['Ghent', 'BE', null, 'Europe/Brussels', 'EUR', 51.05, 3.72],
  ['Girona', 'ES', 'Catalonia', 'Europe/Madrid', 'EUR', 42.1, 2.9],
  ['Greater Manchester', 'GB', null, 'Europe/London', 'GBP', 53.48, -2.24],
  ['Hawaii', 'US', 'Hawaii', 'Pacific/Honolulu', 'USD', 20.8, -157, 500],
  ['Hong Kong', 'HK', null, 'Asia/Hong_Kong', 'HKD', 22.32, 114.17],
  ['Ireland', 'IE', null, 'Europe/Dublin', 'EUR', 53.2, -8, 260],
  ['Istanbul', 'TR', null, 'Europe/Istanbul', 'TRY', 41.01, 28.98],
  ['Jersey City', 'US', 'New Jersey', 'America/New_York', 'USD', 40.72, -74.06, 5],
  ['Lisbon', 'PT', null, 'Europe/Lisbon', 'EUR', 38.72, -9.14],
  ['London', 'GB', null, 'Europe/London', 'GBP', 51.51, -0.13],
  ['Los Angeles', 'US', 'California', 'America/Los_Angeles', 'USD', 34.05, -118.24, 110],
  ['Lyon', 'FR', null, 'Europe/Paris', 'EUR', 45.76, 4.84],
  ['Madrid', 'ES', null, 'Europe/Madrid', 'EUR', 40.42, -3.7],
  ['Malaga', 'ES', 'Andalusia', 'Europe/Madrid', 'EUR', 36.72, -4.42, 100],
  ['Mallorca', 'ES', 'Balearic Islands', 'Europe/Madrid', 'EUR', 39.62, 2.98],
  ['Malta', 'MT', null, 'Europe/Malta', 'EUR', 35.9, 14.45],
  ['Melbourne', 'AU', 'Victoria', 'Australia/Melbourne', 'AUD', -37.81, 144.96],
  ['Menorca', 'ES', 'Balearic Islands', 'Europe/Madrid', 'EUR', 39.95, 4.1],
  ['Mexico City', 'MX', null, 'America/Mexico_City', 'MXN', 19.43, -99.13],
  ['Mid North Coast', 'AU', 'New South Wales', 'Australia/Sydney', 'AUD', -31.4, 152.6, 170],
  ['Milan', 'IT', 'Lombardy', 'Europe/Rome', 'EUR', 45.46, 9.19],
  ['Montreal', 'CA', 'Quebec', 'America/Toronto', 'CAD', 45.5, -73.57],
  ['Mornington Peninsula', 'AU', 'Victoria', 'Australia/Melbourne', 'AUD', -38.37, 145],
  ['Munich', 'DE', 'Bavaria', 'Europe/Berlin', 'EUR', 48.14, 11.58],
  ['Naples', 'IT', 'Campania', 'Europe/Rome', 'EUR', 40.85, 14.27],
  ['Nashville', 'US', 'Tennessee', 'America/Chicago', 'USD', 36.16, -86.78],
  ['New Brunswick', 'CA', 'New Brunswick', 'America/Moncton', 'CAD', 46.3, -66, 220],
  ['New Orleans', 'US', 'Louisiana', 'America/Chicago', 'USD', 29.95, -90.07],
  ['New York City', 'US', 'New York', 'America/New_York', 'USD', 40.71, -73.95],
  ['New Zealand', 'NZ', null, 'Pacific/Auckland', 'NZD', -41.2, 173.5, 900],
  ['Newark', 'US', 'New Jersey', 'America/New_York', 'USD', 40.73, -74.18, 8],
  ['Northern Rivers', 'AU', 'New South Wales', 'Australia/Sydney', 'AUD', -28.7, 153.4],
  ['Oakland', 'US', 'California', 'America/Los_Angeles', 'USD', 37.8, -122.24, 15],
  ['Oslo', 'NO', null, 'Europe/Oslo', 'NOK', 59.91, 10.75],
  ['Ottawa', 'CA', 'Ontario', 'America/Toronto', 'CAD', 45.42, -75.7],
  ['Pacific Grove', 'US', 'California', 'America/Los_Angeles', 'USD', 36.62, -121.92, 20],
  ['Paris', 'FR', null, 'Europe/Paris', 'EUR', 48.86, 2.35],
  ['Pays Basque', 'FR', null, 'Europe/Paris', 'EUR', 43.42, -1.45, 45],
  ['Porto', 'PT', null, 'Europe/Lisbon', 'EUR', 41.15, -8.61],
  ['Portland', 'US', 'Oregon', 'America/Los_Angeles', 'USD', 45.52, -122.68],
  ['Prague', 'CZ', null, 'Europe/Prague', 'CZK', 50.08, 14.43],
  ['Puglia', 'IT', 'Puglia', 'Europe/Rome', 'EUR', 40.8, 17, 220],
  ['Quebec City', 'CA', 'Quebec', 'America/Toronto', 'CAD', 46.81, -71.21],
  ['Rhode Island', 'US', 'Rhode Island', 'America/New_York', 'USD', 41.6, -71.45, 45],
  ['Riga', 'LV', null, 'Europe/Riga', 'EUR', 56.95, 24.11],
  ['Rio de Janeiro', 'BR', null, 'America/Sao_Paulo', 'BRL', -22.95, -43.3],
  ['Rochester', 'US', 'Minnesota', 'America/Chicago', 'USD', 44.02, -92.47],
  ['Rome', 'IT', 'Lazio', 'Europe/Rome', 'EUR', 41.9, 12.5],
  ['Rotterdam', 'NL', null, 'Europe/Amsterdam', 'EUR', 51.92, 4.48, 15],
  ['Salem', 'US', 'Oregon', 'America/Los_Angeles', 'USD', 44.94, -123.03, 30],
  ['San Diego', 'US', 'California', 'America/Los_Angeles', 'USD', 32.72, -117.16],
  ['San Francisco', 'US', 'California', 'America/Los_Angeles', 'USD', 37.77, -122.43, 12],
  ['San Mateo County', 'US', 'California', 'America/Los_Angeles', 'USD', 37.5, -122.33, 40],
  ['Santa Clara County', 'US', 'California', 'America/Los_Angeles', 'USD', 37.35, -121.95, 40],
  ['Santa Cruz County', 'US', 'California', 'America/Los_Angeles', 'USD', 36.98, -121.97, 25],
  ['Santiago', 'CL', null, 'America/Santiago', 'CLP', -33.45, -70.66],
  ['Seattle', 'US', 'Washington', 'America/Los_Angeles', 'USD', 47.61, -122.33],
  ['Sevilla', 'ES', 'Andalusia', 'Europe/Madrid', 'EUR', 37.39, -5.99],
  ['Shanghai', 'CN', null, 'Asia/Shanghai', 'CNY', 31.23, 121.47],
  ['Sicily', 'IT', 'Sicily', 'Europe/Rome', 'EUR', 37.6, 14, 220],
  ['Singapore', 'SG', null, 'Asia/Singapore', 'SGD', 1.35, 103.82],
  ['South Aegean', 'GR', null, 'Europe/Athens', 'EUR', 36.8, 26.2, 250],
  ['Stockholm', 'SE', null, 'Europe/Stockholm', 'SEK', 59.33, 18.07],
  ['Sunshine Coast', 'AU', 'Queensland', 'Australia/Brisbane', 'AUD', -26.6, 153],
  ['Sydney', 'AU', 'New South Wales', 'Australia/Sydney', 'AUD', -33.87, 151.21],
  ['Taipei', 'TW', null, 'Asia/Taipei', 'TWD', 25.04, 121.54],
  ['Tasmania', 'AU', 'Tasmania', 'Australia/Hobart', 'AUD', -42.2, 146.7, 300],
  ['The Hague', 'NL', null, 'Europe/Amsterdam', 'EUR', 52.08, 4.31, 20],
  ['Thessaloniki', 'GR', null, 'Europe/Athens', 'EUR', 40.64, 22.94],
  ['Tokyo', 'JP', null, 'Asia/Tokyo', 'JPY', 35.68, 139.75],
  ['Toronto', 'CA', 'Ontario', 'America/Toronto', 'CAD', 43.67, -79.39],
  ['Trentino', 'IT', 'Trentino-South Tyrol', 'Europe/Rome', 'EUR', 46.1, 11.2],
  ['Twin Cities', 'US', 'Minnesota', 'America/Chicago', 'USD', 44.96, -93.2],
  ['Valencia', 'ES', null, 'Europe/Madrid', 'EUR', 39.47, -0.38],
  ['Vancouver', 'CA', 'British Columbia', 'America/Vancouver', 'CAD', 49.26, -123.11],
  ['Vaud', 'CH', null, 'Europe/Zurich', 'CHF', 46.6, 6.65, 45],
  ['Venice', 'IT', 'Veneto', 'Europe/Rome', 'EUR', 45.44, 12.33],
  ['Victoria', 'CA', 'British Columbia', 'America/Vancouver', 'CAD', 48.43, -123.37],
  ['Vienna', 'AT', null, 'Europe/Vienna', 'EUR', 48.21, 16.37],
  ['Washington', 'US', 'District of Columbia', 'America/New_York', 'USD', 38.9, -77.03],
  ['Western Australia', 'AU', 'Western Australia', 'Australia/Perth', 'AUD', -31.95, 115.86, 900],
  ['Winnipeg', 'CA', 'Manitoba', 'America/Winnipeg', 'CAD', 49.9, -97.14],
  ['Zurich', 'CH', null, 'Europe/Zurich', 'CHF', 47.37, 8.54],
];

const usualReach = 60;

const placeOf = ([city, country, region, timeZone, currency]: Row): Place => ({
  city,
  country,
  region,
  timeZone,
  currency,
});

/** The place of that name, however it is capitalised. */
export function placeNamed(city: string): Place | undefined {
  const row = known.find(([name]) => name.toLowerCase() === city.trim().toLowerCase());
  return row && placeOf(row);
}

/** The nearest known place that reaches as far as this point, in degrees. */
export function placeAt(latitude: number, longitude: number): Place | undefined {
  const [nearest] = known
    .map((row) => ({ row, away: kilometres(latitude, longitude, row[5], row[6]) }))
    .filter(({ row, away }) => away <= (row[7] ?? usualReach))
    .sort((one, other) => one.away - other.away);
  return nearest && placeOf(nearest.row);
}

/** Great-circle distance. */
function kilometres(latitude: number, longitude: number, toLatitude: number, toLongitude: number) {
  const radians = (degrees: number) => degrees * Math.PI / 180;
  const [north, east] = [radians(toLatitude - latitude), radians(toLongitude - longitude)];
  const chord = Math.sin(north / 2) ** 2 +
    Math.cos(radians(latitude)) * Math.cos(radians(toLatitude)) * Math.sin(east / 2) ** 2;
  return 2 * 6371 * Math.asin(Math.min(1, Math.sqrt(chord)));
}
