import { useLocation } from 'preact-iso/router';
import { useEffect, useState } from 'preact/hooks';
import { core } from '../../i18n/index.ts';
import { Button } from '../../kit/button.tsx';
import type { Days } from '../../kit/calendar.tsx';
import { later } from '../../kit/later.tsx';
import { useNear } from '../../kit/near.ts';
import { stayPath, type StayWish } from './stay-params.ts';

const HomeDays = later(() => import('../../stay/home-days.tsx'));
const none: Days = { check_in: '', check_out: '' };

/** The calendar of a home on its page; loaded when the reader nears it. */
export function DaysOfHome({ listing_id, wish }: { listing_id: string; wish: StayWish }) {
  const words = core().when;
  const { route } = useLocation();
  const [place, isNear] = useNear<HTMLElement>();
  const { check_in, check_out } = wish;
  const [draft, setDraft] = useState<Days>({ check_in, check_out });
  useEffect(() => setDraft({ check_in, check_out }), [check_in, check_out]);
  const go = (days: Days) => {
    setDraft(days);
    // An arrival without a departure is not a stay yet.
    if ((days.check_in === '') === (days.check_out === '')) {
      route(stayPath(`/homes/${listing_id}`, { ...wish, ...days }), true);
    }
  };
  return (
    <section class='stack home-days' ref={place} aria-labelledby='days'>
      <div class='between'>
        <h2 id='days'>{words.choose}</h2>
        {draft.check_in !== '' && (
          <Button kind='quiet' onClick={() => go(none)}>{words.clear}</Button>
        )}
      </div>
      {isNear && <HomeDays listing_id={listing_id} days={draft} onDays={go} />}
    </section>
  );
}
