import { ask } from '@staybase/client';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { staybase, useQuery } from '../api.ts';
import { addDays, roundPrice } from '../format.ts';
import { core } from '../i18n/index.ts';
import { Calendar, type Days, type DayState } from '../kit/calendar.tsx';
import { ErrorBox, Loading, Skeleton } from '../kit/states.tsx';

/** Pixels that two months need beside each other. */
const twoMonths = 600;

/** The days of a home with their prices; only those that can be booked can be chosen. */
export default function HomeDays(
  { listing_id, days, own, onDays }: {
    listing_id: string;
    days: Days;
    /** Nights that are taken by the stay itself, when it is altered. */
    own?: Days | undefined;
    onDays: (days: Days) => void;
  },
) {
  const words = core();
  const frame = useRef<HTMLDivElement>(null);
  const [months, setMonths] = useState<1 | 2>(1);
  useLayoutEffect(() => setMonths(frame.current!.clientWidth >= twoMonths ? 2 : 1), []);
  const { answer, error, waits } = useQuery(ask(staybase, 'listing_calendar', { listing_id }));
  const entries = new Map((answer ?? []).map((entry) => [entry.day, entry]));
  const isFree = (day: string) =>
    entries.get(day)?.available ||
    (own !== undefined && day >= own.check_in && day < own.check_out);
  const state = (day: string, choosing: 'check_in' | 'check_out'): DayState => {
    const entry = entries.get(day);
    if (!entry) return { off: words.when.taken };
    const price = entry.price_minor === null
      ? undefined
      : roundPrice(entry.price_minor, entry.currency);
    if (choosing === 'check_out' && day > days.check_in) {
      for (let night = days.check_in; night < day; night = addDays(night, 1)) {
        if (!isFree(night)) return { off: words.when.taken };
      }
      const least = entries.get(days.check_in)?.minimum_nights ?? 1;
      if (own === undefined && day < addDays(days.check_in, least)) {
        return { off: words.when.minimum(words.counts.nights(least)) };
      }
      return entry.departure_allowed || own !== undefined ? { price } : { off: words.when.taken };
    }
    if (!isFree(day)) return { off: words.when.taken };
    if (!entry.arrival_allowed && own === undefined) return { off: words.when.noArrival };
    return { price };
  };
  return (
    <div ref={frame}>
      <ErrorBox error={error} />
      {waits
        ? (
          <Loading>
            <Skeleton height='416px' />
          </Loading>
        )
        : answer && (
          <Calendar
            months={months}
            days={days}
            first={answer[0]?.day ?? ''}
            last={answer.at(-1)?.day ?? ''}
            state={state}
            onDays={onDays}
          />
        )}
    </div>
  );
}
