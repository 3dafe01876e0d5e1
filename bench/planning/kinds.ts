import {
  book,
  createHome,
  dayAfter,
  type Home,
  openHome,
  send,
  type Stay,
  writeToHost,
} from './deeds.ts';
import { type Market, onboard } from './market.ts';
import type { Kind } from './meter.ts';

/** The deeds that are measured, in a marketplace that has other homes too. */
export async function kindsOf(market: Market, quick: boolean): Promise<Record<string, Kind>> {
  const times = (usual: number) => quick ? 2 : usual;
  const today = new Date();
  // What one person may do in an hour is not what is measured.
  await market.query(
    `update private.settings set messages_per_hour = 10000, new_conversations = 1000,
       newcomer_nights = 30000`,
  );
  const hosts = await market.people('landlord', 4);
  const guests = await market.people('traveller', 400);
  let guest = 0;
  const nextGuest = () => guests[guest++ % guests.length]!;

  let made = 0;
  const homes: Home[] = [];
  const makeHome = async () => {
    const at = { latitude: 46.3 + (made % 40) / 400, longitude: 4.8 + (made % 7) / 100 };
    const home = await createHome(market, hosts[made % hosts.length]!, at, today);
    made += 1;
    homes.push(home);
  };
  for (const host of hosts) {
    await makeHome();
    await onboard(market, host);
  }

  const [some] = await market.query<{ listings: string[]; maps: string[] }>(
    `select array(select listing_id from public.listings where status = 'published'
         order by md5(listing_id::text) limit 400) as listings,
       array(select bench.map_query(i) from generate_series(1, 400) as i) as maps`,
  );
  let map = 0;
  let opened = 0;

  // Each stay lies in nights of its own: of a home, one after the other.
  let stays = 0;
  const bookNext = async () => {
    const home = homes[stays % homes.length]!;
    const first = 20 + 4 * Math.floor(stays / homes.length);
    stays += 1;
    return await book(market, nextGuest(), home, {
      checkIn: dayAfter(today, first),
      checkOut: dayAfter(today, first + 3),
    });
  };
  let paid: Stay[] = [];
  const talks: { guest: Parameters<typeof send>[1]; conversation: string }[] = [];

  return {
    home: {
      what: 'a home: made by its host with a calendar of a year, and published',
      each: times(8),
      deed: makeHome,
    },
    search: {
      what: 'a search: the screen of a map with dates (page, pins, facets)',
      each: times(40),
      deed: () => market.ask(`/rest/v1/rpc/search_screen?${some?.maps[map++ % some.maps.length]}`),
    },
    page: {
      what: 'a page of a home: six requests, with the calendar of a year',
      each: times(40),
      deed: () => openHome(market, some?.listings[opened++ % some.listings.length] ?? ''),
    },
    booking: {
      what: 'a booking: quote, request, payment, confirmed by webhook, with the e-mails',
      each: times(12),
      before: () => market.quiet(),
      deed: bookNext,
      after: () => market.work(),
    },
    payout: {
      what: 'its payout: ordered, transferred, told by webhook',
      each: times(12),
      async before() {
        paid = [];
        for (let at = 0; at < times(12); at += 1) paid.push(await bookNext());
        await market.quiet();
        await market.query(
          `update public.payouts set due_at = private.now() - interval '1 minute'
           where booking_id = any ($1)`,
          [paid.map(({ booking }) => booking)],
        );
        await market.query(`update private.jobs set next_at = null where job = 'release_payouts'`);
      },
      // One beat pays all of them, as it does every minute in a busy marketplace.
      deed: (at) => at === 0 ? market.work() : Promise.resolve(),
      async after() {
        const [row] = await market.query<{ open: number }>(
          `select count(*)::integer as open from public.payouts
           where booking_id = any ($1) and status <> 'paid'`,
          [paid.map(({ booking }) => booking)],
        );
        if (row?.open !== 0) throw new Error(`${row?.open} of ${paid.length} were not paid.`);
      },
    },
    message: {
      what: 'a message in a conversation, with what its reader is told',
      each: times(40),
      async before() {
        if (talks.length === 0) {
          for (let at = 0; at < times(40); at += 1) {
            const writer = nextGuest();
            const home = homes[at % homes.length]!;
            talks.push({ guest: writer, conversation: await writeToHost(market, writer, home) });
          }
        }
        await market.quiet();
      },
      deed: (at) => {
        const { guest: writer, conversation } = talks[at % talks.length]!;
        return send(market, writer, conversation, 'And is there a place to leave our luggage?');
      },
      after: () => market.work(),
    },
  };
}
