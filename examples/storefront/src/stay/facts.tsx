import { longDay } from '../format.ts';
import { core } from '../i18n/index.ts';
import { whoText } from '../search-box/search-box.tsx';

/** The days and people of a stay, before it is booked. */
export const StayFacts = (
  { stay }: { stay: Parameters<typeof whoText>[0] & { check_in: string; check_out: string } },
) => (
  <dl class='facts'>
    <div>
      <dt>{core().when.checkIn}</dt>
      <dd>{longDay(stay.check_in)}</dd>
    </div>
    <div>
      <dt>{core().when.checkOut}</dt>
      <dd>{longDay(stay.check_out)}</dd>
    </div>
    <div>
      <dt>{core().who.label}</dt>
      <dd>{whoText(stay)}</dd>
    </div>
  </dl>
);
