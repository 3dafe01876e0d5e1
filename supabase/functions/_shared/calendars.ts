import { z } from 'zod';
import { uuid } from './ids.ts';
import type { Database } from './verbs.ts';

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

/** Rules by the names of their zones; of a zone that is not known there are none. */
export const byZone = (
  rules: z.infer<typeof zoneRules>[],
): Map<string, { since: number[]; offsets: number[] }> =>
  new Map(rules.map(({ time_zone: name, ...rest }) => [name, rest]));

export type CalendarFeed = z.infer<typeof calendarFeed>;
export type ExportedCalendar = z.infer<typeof exportedCalendar>;

/** Why a calendar could not be read. */
export type FeedProblem = Database['public']['Enums']['feed_problem'];
