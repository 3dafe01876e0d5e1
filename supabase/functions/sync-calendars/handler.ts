import { byZone, type CalendarFeed, type FeedProblem } from '../_shared/calendars.ts';
import type { Database } from '../_shared/database.ts';
import type { Handler } from '../_shared/http.ts';
import { log } from '../_shared/log.ts';
import type { Network } from '../_shared/network.ts';
import { NotACalendar, readCalendar } from './components.ts';
import { FeedFailure, fetchCalendar } from './fetch-calendar.ts';
import { dateOf, dayOf } from './moment.ts';
import { parseCalendar, TooManyEvents, zonesOf } from './parse.ts';
import type { CalendarsAnswer } from './contract.ts';

export interface SyncPorts {
  /** Throws `secret_key_required`. */
  checkKey(request: Request): Promise<void>;
  database: Database;
  network: Network;
  /** `local` on a stack for development. */
  environment: string;
}

const lanes = 4;
const budget = 20_000;
/** Milliseconds of parsing; the edge runtime ends a call that worked for two seconds. */
const parsing = 700;

/**
 * Reads the calendars that are due, four at a time, for at most about 20 s. Several calls at once are
 * safe: each feed is claimed by one. Answers how many were `{applied, unchanged, kept, failed,
 * too_late}`; throws `secret_key_required`, and `try_again` when the database does not answer.
 */
export function syncCalendars(ports: SyncPorts): Handler {
  return async (request, note) => {
    await ports.checkKey(request);
    await request.body?.cancel();
    const until = Date.now() + budget;
    const spent = { parsing: 0 };
    const total: CalendarsAnswer = { applied: 0, unchanged: 0, kept: 0, failed: 0, too_late: 0 };
    await Promise.all(Array.from({ length: lanes }, async () => {
      while (Date.now() < until && spent.parsing < parsing) {
        const { read: [feed], unread: [broken] } = await ports.database.claim(
          'claim_calendar_feeds',
          1,
        );
        if (broken !== undefined) {
          log({ feed: String(broken.row.feed_id), problem: broken.problem }, 'warn');
          total.failed += 1;
          continue;
        }
        if (feed === undefined) return;
        const outcome = await read(feed, ports, spent);
        if (outcome in total) total[outcome as keyof CalendarsAnswer] += 1;
      }
    }));
    note({ ...total });
    return Response.json(total);
  };
}

async function read(
  feed: CalendarFeed,
  ports: SyncPorts,
  spent: { parsing: number },
): Promise<string> {
  const { feed_id: id, attempt } = feed;
  const { database, network, environment } = ports;
  try {
    const fetched = await fetchCalendar({
      url: feed.url,
      etag: feed.etag,
      lastModified: feed.last_modified,
      // Two days for the zones of the world.
      endedBefore: dateOf(dayOf(feed.today) - 2),
      // Both have to say so: a database may be copied from one place to another.
      mayBeLocal: feed.may_be_local && environment === 'local',
    }, network);
    spent.parsing += fetched.left.milliseconds;
    if (fetched.text === undefined) {
      return await database.call('keep_calendar_feed', { feed_id: id, attempt });
    }

    const calendar = timed(spent, () => readCalendar(fetched.text!));
    const zones = zonesOf(calendar, feed.time_zone);
    const rules = zones.length === 0 ? undefined : byZone(
      await database.call('zone_rules', {
        names: zones,
        first: feed.starts_on,
        last: feed.ends_on,
      }),
    );
    const { events, seen, broken } = timed(spent, () =>
      parseCalendar(calendar, {
        listingId: feed.listing_id,
        timeZone: feed.time_zone,
        today: feed.today,
        from: feed.starts_on,
        until: feed.ends_on,
        ...(rules === undefined ? {} : { rules }),
      }));
    return await database.call('apply_calendar_feed', {
      feed_id: id,
      attempt,
      events,
      events_seen: seen + fetched.left.events,
      // One without a name may be any of those that were read before.
      broken_uids: broken.map(({ uid }) => uid ?? null),
      event_problems: broken.slice(0, 10).map(({ uid, problem }) =>
        `${uid ?? 'no uid'}: ${problem}`
      ),
      etag: fetched.etag,
      last_modified: fetched.lastModified,
    });
  } catch (error) {
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    const status = error instanceof FeedFailure ? error.status : null;
    log({ feed: id, listing: feed.listing_id, problem, status: status ?? undefined }, 'warn');
    return await database.call('fail_calendar_feed', {
      feed_id: id,
      attempt,
      problem,
      http_status: status,
    });
  }
}

function timed<Result>(spent: { parsing: number }, work: () => Result): Result {
  const started = performance.now();
  try {
    return work();
  } finally {
    spent.parsing += performance.now() - started;
  }
}

function problemOf(error: unknown): FeedProblem | undefined {
  if (error instanceof FeedFailure) return error.problem;
  if (error instanceof NotACalendar) return 'not_a_calendar';
  if (error instanceof TooManyEvents) return 'too_many_events';
  return undefined;
}
