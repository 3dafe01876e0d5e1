import { ask } from '@staybase/client';
import { useState } from 'preact/hooks';
import { staybase, useQuery } from '../api.ts';
import { addDays, roundPrice } from '../format.ts';
import { core } from '../i18n/index.ts';
import { Button } from '../kit/button.tsx';
import { Calendar, type Days, type DayState } from '../kit/calendar.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { ErrorBox, Loading, Skeleton } from '../kit/states.tsx';

/** The days of a home with their prices; only those that can be booked can be chosen. */
export default function DaysDialog(
  { listing_id, days, own, onDays, onClose }: {
    listing_id: string;
    days: Days;
    /** Nights that are taken by the stay itself, when it is altered. */
    own?: Days;
    onDays: (days: Days) => void;
    onClose: () => void;
  },
) {
  const words = core();
  const [draft, setDraft] = useState(days);
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
    if (choosing === 'check_out' && day > draft.check_in) {
      for (let night = draft.check_in; night < day; night = addDays(night, 1)) {
        if (!isFree(night)) return { off: words.when.taken };
      }
      const least = entries.get(draft.check_in)?.minimum_nights ?? 1;
      if (own === undefined && day < addDays(draft.check_in, least)) {
        return { off: words.when.minimum(words.counts.nights(least)) };
      }
      return entry.departure_allowed || own !== undefined ? { price } : { off: words.when.taken };
    }
    if (!isFree(day)) return { off: words.when.taken };
    if (!entry.arrival_allowed && own === undefined) return { off: words.when.noArrival };
    return { price };
  };
  return (
    <Dialog
      title={words.when.choose}
      wide
      onClose={onClose}
      footer={
        <>
          <Button kind='quiet' onClick={() => setDraft({ check_in: '', check_out: '' })}>
            {words.when.clear}
          </Button>
          <Button
            kind='primary'
            onClick={() => {
              if (draft.check_out !== '' || draft.check_in === '') onDays(draft);
              onClose();
            }}
          >
            {words.when.done}
          </Button>
        </>
      }
    >
      <ErrorBox error={error} />
      {waits
        ? (
          <Loading>
            <Skeleton height='416px' />
          </Loading>
        )
        : answer && (
          <Calendar
            months={matchMedia('(min-width: 720px)').matches ? 2 : 1}
            days={draft}
            first={answer[0]?.day ?? ''}
            last={answer.at(-1)?.day ?? ''}
            state={state}
            onDays={(chosen) => {
              setDraft(chosen);
              if (chosen.check_out !== '') onDays(chosen);
            }}
          />
        )}
    </Dialog>
  );
}
