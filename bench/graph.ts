import { randomUUID } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { startApi } from '../local/api.ts';
import { startEdge } from '../local/edge.ts';
import { keys, signToken } from '../local/keys.ts';
import { createMailbox } from '../local/mail.ts';
import { Parts } from '../local/parts.ts';
import { inProject } from '../local/paths.ts';
import { freePort } from '../local/ports.ts';
import type { Cluster } from '../local/postgres/cluster.ts';
import { alternate, compareTimes, compareValue, type Line } from './measure.ts';

interface Options {
  cluster: Cluster;
  database: string;
  directory: string;
  rounds: number;
}

/**
 * What it costs to start the graph; then the graph against REST: the same rows, through the same gateway, in
 * turn. First one request against one, then three screens, each one request against the several that REST
 * takes, sent at once.
 */
export async function measureGraph(options: Options): Promise<Line[]> {
  const { cluster, database, directory, rounds } = options;
  const parts = new Parts();
  const functions = Promise.withResolvers<{ url: string; door: string }>();
  try {
    const api = parts.add(
      await startApi({
        cluster,
        database,
        ports: { gateway: 0, rest: await freePort(), restAdmin: await freePort() },
        dataDirectory: directory,
        siteUrl: 'http://127.0.0.1:3000',
        mailbox: createMailbox(),
        functions: () => functions.promise,
      }),
    );
    const edge = parts.add(
      await startEdge({
        ports: { functions: await freePort(), stripe: await freePort() },
        gatewayUrl: api.url,
        siteUrl: 'http://127.0.0.1:3000',
        databaseUrl: cluster.url(database),
        graphqlUrl: cluster.url(database, 'staybase_graphql'),
        dataDirectory: directory,
        now: () => Promise.resolve(new Date()),
        stripe: 'fake',
      }),
    );
    functions.resolve(edge.functions);
    const { trip, home, box, token } = await whatToAskFor(cluster, database);
    await fillFirstPage(cluster, database);

    const headers = { apikey: keys.publishable, 'content-type': 'application/json' };
    const signedIn = { ...headers, authorization: `Bearer ${token}` };
    const answer = async (url: string, init: RequestInit) => {
      const response = await fetch(url, init);
      const text = await response.text();
      if (!response.ok || text.startsWith('{"errors"')) throw new Error(`${url}: ${text}`);
    };
    const graph = (query: string, as = headers) => () =>
      answer(`${api.url}/functions/v1/graphql`, {
        method: 'POST',
        headers: as,
        body: JSON.stringify({ query }),
      });
    const rest = (paths: string[], as = headers) => () =>
      Promise.all(paths.map((path) => answer(`${api.url}/rest/v1/${path}`, { headers: as })));

    const area = `west: ${box.west}, south: ${box.south}, east: ${box.east}, north: ${box.north}`;
    const areaParameters = new URLSearchParams(
      Object.entries(box).map(([side, degrees]) => [side, String(degrees)]),
    );
    const cards =
      'listingId title roomType city rating reviewCount currency nightlyMinor photoPath';
    const cardColumns =
      'listing_id,title,room_type,city,rating,review_count,currency,nightly_minor,photo_path';
    const comparisons: [
      what: string,
      most: number | undefined,
      subject: () => Promise<unknown>,
      floor: () => Promise<unknown>,
      note: string,
    ][] = [
      [
        'graph: 20 homes with host, photos, reviews',
        1.15,
        graph(`{ listings(first: 20) { nodes { listingId title host { displayName superhost }
          photos(first: 5) { nodes { storagePath caption } }
          reviews(first: 3, orderBy: WRITTEN_ON_DESC) { nodes { stars body writtenOn authorName } } } } }`),
        rest([
          'listings?select=listing_id,title,host:profiles!listings_host_id_fkey(display_name,superhost),' +
          'photos:listing_photos(storage_path,caption),reviews(stars,body,written_on,author_name)' +
          '&order=listing_id&limit=20&photos.limit=5&reviews.limit=3&reviews.order=written_on.desc',
        ]),
        'floor: the same rows by REST embeds',
      ],
      [
        'graph: searchListings',
        1.2,
        graph(`{ searchListings(${area}, guests: 2) { ${cards} } }`),
        rest([`rpc/search_listings?${areaParameters}&guests=2&select=${cardColumns}`]),
        'floor: rpc/search_listings',
      ],
      [
        'screen: search',
        1,
        graph(`{ searchListings(${area}, guests: 2) { ${cards} listing { host { displayName }
          photos(first: 3) { nodes { storagePath } } } } amenities(first: 100) { nodes { amenity name } } }`),
        rest([
          `rpc/search_listings?${areaParameters}&guests=2&select=${cardColumns}`,
          'amenities?select=amenity,name',
          'listings?select=listing_id,host:profiles!listings_host_id_fkey(display_name),' +
          'photos:listing_photos(storage_path)&limit=20&photos.limit=3',
        ]),
        'floor: 3 requests at once',
      ],
      [
        'screen: a home',
        1,
        graph(
          `{ listing(listingId: "${home}") { title description houseRules host { displayName superhost }
          photos(first: 20) { nodes { storagePath caption } } amenities(first: 50) { nodes { amenity } }
          rating { rating reviewCount } reviews(first: 6) { nodes { authorName stars body } } }
          listingCalendar(listingId: "${home}") { day available priceMinor } }`,
        ),
        rest([
          `listings?listing_id=eq.${home}&select=title,description,house_rules,` +
          'host:profiles!listings_host_id_fkey(display_name,superhost)',
          `listing_photos?listing_id=eq.${home}&select=storage_path,caption&limit=20`,
          `listing_amenities?listing_id=eq.${home}&select=amenity&limit=50`,
          `listing_ratings?listing_id=eq.${home}&select=rating,review_count`,
          `reviews?listing_id=eq.${home}&select=author_name,stars,body&limit=6`,
          `rpc/listing_calendar?listing_id=${home}&select=day,available,price_minor`,
        ]),
        'floor: 6 requests at once',
      ],
      [
        'screen: a trip',
        1,
        graph(
          `{ booking(bookingId: "${trip}") { status checkIn checkOut listing { title host { displayName } }
            lines(first: 100) { nodes { description amountMinor } } history { nodes { toStatus movedAt } }
            payments { nodes { status amountMinor } } } bookingContacts(bookingId: "${trip}") { displayName } }`,
          signedIn,
        ),
        rest([
          `bookings?booking_id=eq.${trip}&select=status,check_in,check_out,` +
          'listing:listings(title,host:profiles!listings_host_id_fkey(display_name))',
          `booking_lines?booking_id=eq.${trip}&select=description,amount_minor&limit=100`,
          `booking_history?booking_id=eq.${trip}&select=to_status,moved_at`,
          `payments?booking_id=eq.${trip}&select=status,amount_minor`,
          `rpc/booking_contacts?booking_id=${trip}&select=display_name`,
        ], signedIn),
        'floor: 5 requests at once',
      ],
    ];
    await graph('{ __typename }')();
    const lines: Line[] = costOfStarting(edge.functions.pid);
    // A function that has just started is not compiled yet, while PostgREST always is.
    const [[, , nested]] = comparisons as [typeof comparisons[0]];
    for (let times = rounds; times > 0; times -= 1) await nested();
    for (const [what, most, subject, floor, note] of comparisons) {
      lines.push(compareTimes(what, await alternate(rounds, subject, floor), most, note));
    }
    return lines;
  } finally {
    await parts.stop();
  }
}

/** Of the process that ran nothing but one request to the graph; nothing where there is no /proc. */
function costOfStarting(pid: number): Line[] {
  const bundle = inProject('supabase', 'functions', 'graphql', 'schema.js');
  const lines = [compareValue('graph: its bundle', statSync(bundle).size, 'bytes', 2_000_000)];
  if (process.platform !== 'linux') return lines;
  const spent = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  const cpuMicroseconds = (Number(spent[11]) + Number(spent[12])) * 10_000;
  const resident = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
  return [
    ...lines,
    compareValue('graph: CPU from start to first answer', cpuMicroseconds, 'time', 600_000),
    compareValue('graph: memory then', Number(resident[1]) * 1024, 'bytes', 150_000_000),
  ];
}

/** Five photos and three reviews for each of the homes that a page begins with. */
async function fillFirstPage(cluster: Cluster, database: string): Promise<void> {
  await cluster.using(database, 'supabase_admin', async (client) => {
    await client.query(`
      set session_replication_role = replica;
      create temp table homes as
        select listing_id from public.listings where status = 'published' order by listing_id limit 20;
      insert into public.listing_photos (listing_id, storage_path, caption, position, published)
        select listing_id, listing_id || '/' || position || '.jpg', 'A room', position, true
        from homes, generate_series(2, 5) as position;
      insert into public.reviews (listing_id, author_name, body, written_on, source, source_id)
        select listing_id, 'Guest', repeat('We slept well. ', 20), current_date - number, 'bench',
          listing_id || ' ' || number
        from homes, generate_series(1, 2) as number;
      analyze public.listing_photos, public.reviews`);
  });
}

/** A stay with a guest who can sign in, its home, and a box of the map around that. */
async function whatToAskFor(cluster: Cluster, database: string) {
  return await cluster.using(database, 'postgres', async (client) => {
    const { rows: [row] } = await client.query(`
      select booking_id as trip, bookings.guest_id as guest, listing_id as home,
        listings.latitude as latitude, listings.longitude as longitude
      from public.bookings join public.listings using (listing_id)
      where bookings.status = 'confirmed' and listings.status = 'published'
        -- Nothing was paid, so people learn how to reach one another when the stay is near.
        and bookings.check_in between current_date + 1 and current_date + 14
      order by booking_id limit 1`);
    const session = randomUUID();
    const email = `${row.guest}@example.com`;
    await client.query(
      `insert into auth.users (id, aud, role, email, email_confirmed_at, created_at, updated_at)
       values ($1, 'authenticated', 'authenticated', $2, now(), now(), now()) on conflict do nothing`,
      [row.guest, email],
    );
    await client.query(
      `insert into auth.sessions (id, user_id, aal, created_at, updated_at) values ($1, $2, 'aal1', now(), now())`,
      [session, row.guest],
    );
    const seconds = Math.floor(Date.now() / 1000);
    const token = signToken({
      sub: row.guest,
      aud: 'authenticated',
      role: 'authenticated',
      email,
      session_id: session,
      iat: seconds,
      exp: seconds + 3600,
    });
    const box = {
      west: row.longitude - 0.05,
      south: row.latitude - 0.04,
      east: row.longitude + 0.05,
      north: row.latitude + 0.04,
    };
    return { trip: row.trip, home: row.home, box, token };
  });
}
