import { type Alteration as Row, ask, call } from '@staybase/client';
import { useAction } from '../../action.ts';
import { staybase, useQuery } from '../../api.ts';
import { daysText, instantText, money } from '../../format.ts';
import { guest } from '../../i18n/index.ts';
import { Button, ErrorBox } from '../../kit/index.ts';
import { Pay } from '../../pay/pay.tsx';
import { whoText } from '../../search-box/search-box.tsx';
import { refreshTrip } from './refresh.ts';

export const isOpenAlteration = ({ status }: Pick<Row, 'status'>): boolean =>
  status === 'proposed' || status === 'awaiting_payment';

/** A pending alteration of the stay. */
export function Alteration({ alteration, onPaid }: { alteration: Row; onPaid: () => void }) {
  const words = guest().alter;
  const { alteration_id, status, proposed_by } = alteration;
  const { answer: terms } = useQuery(ask(staybase, 'read_alteration', { alteration_id }));
  const act = useAction(
    async (verb: 'accept_alteration' | 'decline_alteration' | 'withdraw_alteration') => {
      await call(staybase, verb, { alteration_id });
      refreshTrip();
    },
  );
  const isMine = proposed_by === 'guest';
  return (
    <section class='panel stack' aria-labelledby='alteration'>
      <h2 id='alteration'>{isMine ? words.yours : words.theirs}</h2>
      <p>
        <s class='soft'>{daysText(alteration.former_check_in, alteration.former_check_out)}</s>{' '}
        <span class='strong'>{daysText(alteration.check_in, alteration.check_out)}</span> ·{' '}
        {whoText(alteration)}
      </p>
      {terms?.total_minor != null && (
        <p>{words.newTotal(money(terms.total_minor, terms.currency))}</p>
      )}
      {status === 'proposed' && (
        <p class='soft small'>{words.until(instantText(alteration.expires_at))}</p>
      )}
      <ErrorBox error={act.error} />
      <div class='row'>
        {status === 'proposed' && !isMine && (
          <>
            <Button kind='primary' busy={act.busy} onClick={() => void act('accept_alteration')}>
              {words.accept}
            </Button>
            <Button busy={act.busy} onClick={() => void act('decline_alteration')}>
              {words.decline}
            </Button>
          </>
        )}
        {isMine && (
          <Button busy={act.busy} onClick={() => void act('withdraw_alteration')}>
            {words.withdraw}
          </Button>
        )}
      </div>
      {status === 'awaiting_payment' && <Pay booking_id={alteration.booking_id} onPaid={onPaid} />}
    </section>
  );
}
