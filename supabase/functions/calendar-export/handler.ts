import type { Database } from '../_shared/database.ts';
import type { Handler } from '../_shared/http.ts';
import { Problem } from '../_shared/problem.ts';
import { tagOf, writeCalendar } from './write.ts';

const path = /\/([0-9a-f]{64})(?:\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))?\.ics$/i;

/**
 * Serves the calendar that a secret address names as text/calendar, or 304 to who has it already.
 * Throws `calendar_not_found`.
 */
export function exportCalendar({ database }: { database: Database }): Handler {
  return async (request, note) => {
    const [, token, feedId = null] = path.exec(new URL(request.url).pathname) ?? [];
    if (token === undefined) throw new Problem('calendar_not_found');
    const calendar = await database.call('export_calendar', {
      token: token.toLowerCase(),
      feed_id: feedId,
    });
    const etag = await tagOf(calendar);
    note({ listing: calendar.listing_id, events: calendar.events.length });
    const headers = { etag, 'cache-control': 'private, no-cache' };
    const known = request.headers.get('if-none-match') ?? '';
    if (known.split(',').some((one) => [etag, etag.slice(2), '*'].includes(one.trim()))) {
      return new Response(null, { status: 304, headers });
    }
    return new Response(request.method === 'HEAD' ? null : writeCalendar(calendar), {
      headers: {
        ...headers,
        'content-type': 'text/calendar; charset=utf-8',
        'content-disposition': 'inline; filename="calendar.ics"',
        'x-content-type-options': 'nosniff',
      },
    });
  };
}
