import { ask, call } from '@staybase/client';
import { useState } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { staybase, useQuery } from '../../api.ts';
import { dayOfYear, money } from '../../format.ts';
import { core, guest } from '../../i18n/index.ts';
import { later } from '../../kit/later.tsx';
import { Button, Dialog, ErrorBox, Loading, Skeleton, toast } from '../../kit/index.ts';
import { WhoSteppers } from '../../search-box/who-dialog.tsx';
import { agesOf } from '../search/criteria.ts';
import { refreshTrip } from './refresh.ts';

const DaysDialog = later(() => import('../../stay/days-dialog.tsx'));

interface Booking {
  booking_id: string;
  listing_id: string;
  check_in: string;
  check_out: string;
  guests: number;
  child_ages: number[];
  infants: number;
  pets: number;
}

/** Other dates or guests, their price, and the proposal to the host. */
export default function AlterDialog(
  { booking, onClose }: { booking: Booking; onClose: () => void },
) {
  const words = guest().alter;
  const [wish, setWish] = useState({
    check_in: booking.check_in,
    check_out: booking.check_out,
    guests: booking.guests,
    child_ages: booking.child_ages,
    infants: booking.infants,
    pets: booking.pets,
  });
  const [chooses, setChooses] = useState(false);
  const isOther = (Object.keys(wish) as (keyof typeof wish)[])
    .some((name) => String(wish[name]) !== String(booking[name]));
  const asked = { ...wish, child_ages: agesOf(wish) };
  const { answer: terms, error, waits } = useQuery(
    isOther && ask(staybase, 'preview_alteration', { booking_id: booking.booking_id, ...asked }),
  );
  const propose = useAction(async () => {
    await call(staybase, 'propose_alteration', {
      alteration_id: crypto.randomUUID(),
      booking_id: booking.booking_id,
      ...asked,
      ...(terms?.total_minor != null && { expected_total_minor: terms.total_minor }),
    });
    refreshTrip();
    toast(words.proposed);
    onClose();
  });
  const difference = terms?.difference_minor ?? 0;
  return (
    <Dialog
      title={words.button}
      onClose={onClose}
      footer={
        <Button
          kind='primary'
          busy={propose.busy || !terms || Boolean(error)}
          onClick={() => void propose()}
        >
          {words.propose}
        </Button>
      }
    >
      <div class='stack'>
        <div class='home-choice'>
          <button type='button' aria-haspopup='dialog' onClick={() => setChooses(true)}>
            <span class='search-label'>{core().when.checkIn}</span>
            <span>{dayOfYear(wish.check_in)}</span>
          </button>
          <button type='button' aria-haspopup='dialog' onClick={() => setChooses(true)}>
            <span class='search-label'>{core().when.checkOut}</span>
            <span>{dayOfYear(wish.check_out)}</span>
          </button>
        </div>
        <WhoSteppers
          of={{
            guests: wish.guests,
            child_ages: wish.child_ages,
            infants: wish.infants,
            pets: wish.pets,
          }}
          onChange={(who) => setWish({ ...wish, ...who })}
        />
        <div aria-live='polite' class='stack'>
          <ErrorBox error={isOther ? error ?? propose.error : propose.error} />
          {isOther && waits && (
            <Loading>
              <Skeleton height='72px' />
            </Loading>
          )}
          {isOther && terms && !error && (
            <div class='notice'>
              {terms.total_minor !== null && (
                <p class='strong'>{words.newTotal(money(terms.total_minor, terms.currency))}</p>
              )}
              <p>
                {difference > 0
                  ? words.more(money(difference, terms.currency))
                  : difference < 0
                  ? words.less(money(-difference, terms.currency))
                  : words.same}
              </p>
            </div>
          )}
          {!isOther && <p class='soft'>{words.choose}</p>}
        </div>
      </div>
      {chooses && (
        <DaysDialog
          listing_id={booking.listing_id}
          days={wish}
          own={booking}
          onDays={(days) => days.check_out !== '' && setWish({ ...wish, ...days })}
          onClose={() => setChooses(false)}
        />
      )}
    </Dialog>
  );
}
