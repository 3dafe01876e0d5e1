import { z } from 'zod';
import { uuid } from './ids.ts';

/** A calendar elsewhere that is due, claimed for two minutes. */
export const calendarFeed = z.object({
  feed_id: uuid,
  attempt: z.number().int(),
  url: z.string(),
  listing_id: uuid,
  time_zone: z.string(),
  today: z.iso.date(),
  starts_on: z.iso.date(),
  ends_on: z.iso.date(),
  etag: z.string().nullable(),
  last_modified: z.string().nullable(),
  may_be_local: z.boolean(),
});

/** Which nights of a listing are taken, for another marketplace to read. */
export const exportedCalendar = z.object({
  listing_id: uuid,
  title: z.string(),
  events: z.array(z.object({
    uid: z.string(),
    check_in: z.iso.date(),
    check_out: z.iso.date(),
    is_stay: z.boolean(),
  })),
  asked_at: z.string(),
});

/** What the clocks of a zone show; see `ZoneRules` of sync-calendars. */
export const zoneRules = z.object({
  time_zone: z.string(),
  since: z.array(z.number().int()),
  offsets: z.array(z.number().int()),
});

export type CalendarFeed = z.infer<typeof calendarFeed>;
export type ExportedCalendar = z.infer<typeof exportedCalendar>;

/** What was read in a calendar; `events_seen` counts those that take no nights here too. */
export interface CalendarFacts {
  events: { uid: string; check_in: string; check_out: string; summary: string }[];
  events_seen: number;
  broken_uids: (string | null)[];
  event_problems: string[];
  etag: string | null;
  last_modified: string | null;
}

/** Why a calendar could not be read. */
export type FeedProblem =
  | 'address_not_allowed'
  | 'host_not_found'
  | 'unreachable'
  | 'too_slow'
  | 'too_large'
  | 'too_many_redirects'
  | 'bad_answer'
  | 'unknown_encoding'
  | 'not_a_calendar'
  | 'too_many_events';
