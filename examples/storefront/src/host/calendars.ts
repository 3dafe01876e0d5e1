import { addDays, type AnswerOf, call, query } from '@staybase/client';
import { staybase } from '../api.ts';
import { today } from '../format.ts';

/** How many days are shown, and how many homes at a time. */
export const length = 42;
export const page_size = 20;

/** The pages of homes that are shown. */
export const calendars = (starts_on: string, pages: number) => {
  const ends_on = addDays(starts_on, length);
  return query('host_calendars', { starts_on, ends_on, pages }, async (signal) => {
    const homes: AnswerOf<'host_calendars'> = [];
    for (let page = 0; page < pages; page += 1) {
      const after = homes.at(-1)?.listing_id;
      const more = await call(staybase, 'host_calendars', {
        starts_on,
        ends_on,
        page_size,
        ...(after === undefined ? {} : { after }),
      }, signal);
      homes.push(...more);
      if (more.length < page_size) break;
    }
    return homes;
  });
};

/** What the calendar asks first. */
export const calendarsNow = () => calendars(today(), 1);
