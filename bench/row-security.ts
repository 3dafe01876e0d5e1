/**
 * What row-level security costs: queries as people may ask them against the same as the owner asks, without policies.
 * Over a connection most of the time goes to the message and its answer, so the shortest are measured once more within
 * a session: as a statement that is prepared, and one that is planned for each call.
 */
import type pg from 'pg';
import { alternate, compareTimes, type Line, processorOf } from './measure.ts';

export interface Marketplace {
  admin: pg.Client;
  /** A connection that asks as a person, or for them as the owner, past row level security. */
  asking(as: 'person' | 'owner', name?: string): Promise<pg.Client>;
  listings: number;
  rounds: number;
  cpu: boolean;
}

export async function measureRowSecurity(market: Marketplace): Promise<Line[]> {
  const { admin, asking, listings, rounds, cpu } = market;
  const { rows: [seen] } = await admin.query<Record<'home' | 'known' | 'talk' | 'guest', string>>(
    `select
       (select listing_id from public.listings where status = 'published' order by listing_id limit 1) as home,
       (select bench.id('listing', i) from generate_series(500, $1::integer, 500) as i
        where exists (select from public.listings where listing_id = bench.id('listing', i) and status = 'published')
        limit 1) as known,
       conversation_id as talk, guest_id as guest
     from public.inbox_entries join public.conversations using (conversation_id)
     where profile_id = bench.id('host', 1) limit 1`,
    [listings],
  );
  if (seen === undefined) throw new Error('Nobody talks to the company.');
  const queries: { what: string; by?: string; most?: number; text: string; values?: string[] }[] = [
    {
      what: 'own bookings',
      most: 1.05,
      text:
        'select * from public.bookings where guest_id = (select auth.uid()) order by created_at desc limit 20',
    },
    {
      what: 'listing detail',
      most: 1.05,
      text: `select listings.*, listing_prices.base_price_minor, listing_ratings.rating
        from public.listings
        left join public.listing_prices using (listing_id)
        left join public.listing_ratings using (listing_id)
        where listing_id = $1`,
      values: [seen.home],
    },
    {
      what: 'reviews of a home',
      most: 1.05,
      text:
        'select * from public.reviews where listing_id = $1 order by written_on desc, review_id limit 20',
      values: [seen.known],
    },
    {
      what: 'notifications',
      most: 1.05,
      text:
        'select * from public.notifications where profile_id = (select auth.uid()) order by created_at desc limit 20',
    },
    {
      what: 'messages, by a company',
      by: 'host1',
      text:
        'select * from public.messages where conversation_id = $1 order by position desc limit 50',
      values: [seen.talk],
    },
    {
      what: 'a guest and their rating, by a company',
      by: 'host1',
      text: `select display_name, rating from public.profiles
        left join public.guest_ratings on guest_id = profile_id where profile_id = $1`,
      values: [seen.guest],
    },
    {
      what: 'offers made by a company',
      by: 'host1',
      text: 'select * from public.offers where guest_id = $1 order by created_at desc limit 20',
      values: [seen.guest],
    },
  ];
  const lines: Line[] = [];
  for (const { what, by, most, text, values = [] } of queries) {
    const [person, owner] = [await asking('person', by), await asking('owner', by)];
    const clocks = cpu
      ? { subject: await processorOf(person), floor: await processorOf(owner) }
      : undefined;
    const query = { name: what, text, values };
    const times = await alternate(
      rounds * 3,
      () => person.query(query),
      () => owner.query(query),
      clocks,
    );
    const note = 'floor: the same without row level security';
    lines.push(compareTimes(`${what}, as they may`, times, most, note));
    if (most !== undefined) {
      const within = await repeating(admin, text, values[0]);
      for (const [how, again] of Object.entries(within)) {
        const all = await alternate(
          rounds,
          () => person.query(again),
          () => owner.query(again),
          clocks,
        );
        const each = {
          subject: all.subject.map((sum) => sum / repetitions),
          floor: all.floor.map((sum) => sum / repetitions),
        };
        lines.push(compareTimes(`${what}, within a session, ${how}`, each));
      }
    }
    await Promise.all([person.end(), owner.end()]);
  }
  return lines;
}

const repetitions = 20;

/** Statements that ask the same many times: with a plan that is kept, and planned anew for each time. */
async function repeating(
  admin: pg.Client,
  text: string,
  asked?: string,
): Promise<Record<'prepared' | 'planned', pg.QueryConfig>> {
  await admin.query(`
    grant usage on schema bench to authenticated, postgres;
    create or replace function bench.ask_again(asked uuid) returns void language plpgsql
      set plan_cache_mode = force_generic_plan as $ask$ begin
      for turn in 1 .. ${repetitions} loop
        perform * from (${text}) as answer;
      end loop;
    end $ask$;
    create or replace function bench.plan_again(asked uuid) returns void language plpgsql as $ask$ begin
      for turn in 1 .. ${repetitions} loop
        execute $query$${text}$query$ using asked;
      end loop;
    end $ask$;
    grant execute on function bench.ask_again, bench.plan_again to authenticated, postgres`);
  const statement = (text: string) => ({ text, values: [asked ?? null] });
  return {
    prepared: statement('select bench.ask_again($1)'),
    planned: statement('select bench.plan_again($1)'),
  };
}
