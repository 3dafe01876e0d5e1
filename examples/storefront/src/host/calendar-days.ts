import { type AnswerOf, daysBetween, nightsBetween } from '@staybase/client';

export type HomeCalendar = AnswerOf<'host_calendars'>[number];
export type Taken = HomeCalendar['taken'][number];
export type Run = HomeCalendar['days'][number];

/** A night of a home as the calendar shows it. */
export interface Night {
  day: string;
  run: Run | undefined;
  taken: Taken | undefined;
  /** The bar that begins in this cell, and how many cells it covers. */
  bar: { taken: Taken; span: number } | undefined;
}

/** The nights of a home, one by one, from the runs that the API returns. */
export function nightsOf(home: HomeCalendar, starts_on: string, ends_on: string): Night[] {
  const nights: Night[] = daysBetween(starts_on, ends_on)
    .map((day) => ({ day, run: undefined, taken: undefined, bar: undefined }));
  const clipped = (from: string, to: string): [number, number] => [
    Math.max(0, nightsBetween(starts_on, from)),
    Math.min(nights.length, nightsBetween(starts_on, to)),
  ];
  for (const run of home.days) {
    const [from, to] = clipped(run.starts_on, run.ends_on);
    for (let at = from; at < to; at += 1) nights[at]!.run = run;
  }
  for (const taken of home.taken) {
    const [from, to] = clipped(taken.check_in, taken.check_out);
    for (let at = from; at < to; at += 1) nights[at]!.taken ??= taken;
    const first = nights[from];
    if (from < to && first) first.bar ??= { taken, span: to - from };
  }
  return nights;
}

export interface Cell {
  row: number;
  column: number;
}

/** A rectangle of homes and nights, from its start to its current end. */
export interface Selection {
  anchor: Cell;
  head: Cell;
}

export const bounds = ({ anchor, head }: Selection) => ({
  rows: [Math.min(anchor.row, head.row), Math.max(anchor.row, head.row)] as const,
  columns: [Math.min(anchor.column, head.column), Math.max(anchor.column, head.column)] as const,
});
