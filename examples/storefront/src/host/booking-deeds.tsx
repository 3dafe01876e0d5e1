import { ask, call } from '@staybase/client';
import { useState } from 'preact/hooks';
import { useAction } from '../action.ts';
import { staybase, useQuery } from '../api.ts';
import { money, today } from '../format.ts';
import {
  Button,
  Dialog,
  ErrorBox,
  Loading,
  Notice,
  Skeleton,
  TextArea,
  toast,
} from '../kit/index.ts';
import { bookingChanged } from './answer.tsx';
import { rowsOf, type StayShown } from './data.ts';
import { amountOf, MoneyField } from './parts.tsx';
import { ReviewGuest } from './review-guest.tsx';
import { host } from './words.ts';

type Open = 'cancel' | 'no_show' | 'damage' | 'review' | null;

/** The actions a host may still take on a stay. */
export function BookingDeeds({ stay, name }: { stay: StayShown; name: string }) {
  const words = host().booking;
  const [open, setOpen] = useState<Open>(null);
  const day = today();
  const isConfirmed = stay.status === 'confirmed';
  const began = stay.check_in <= day;
  const lasts = began && stay.check_out >= day && isConfirmed;
  const deeds: [Exclude<Open, null>, string, boolean][] = [
    [
      'review',
      words.review,
      stay.status === 'completed' && rowsOf(stay.guest_reviews).length === 0,
    ],
    ['no_show', words.noShow, lasts && rowsOf(stay.no_shows).length === 0],
    [
      'damage',
      words.damage,
      began && (isConfirmed || stay.status === 'completed') && !!stay.listings?.damage_claims,
    ],
    ['cancel', words.cancel, isConfirmed && stay.check_out >= day],
  ];
  const possible = deeds.filter(([, , is]) => is);
  if (possible.length === 0) return null;
  const close = () => setOpen(null);
  return (
    <section class='stack-small'>
      <h2 class='visually-hidden'>{words.deeds}</h2>
      {possible.map(([deed, text]) => (
        <Button
          key={deed}
          wide
          kind={deed === 'cancel' ? 'danger' : 'plain'}
          aria-haspopup='dialog'
          onClick={() => setOpen(deed)}
        >
          {text}
        </Button>
      ))}
      {open === 'cancel' && <Cancel stay={stay} name={name} onClose={close} />}
      {open === 'no_show' && <NoShow stay={stay} name={name} onClose={close} />}
      {open === 'damage' && <Damage stay={stay} onClose={close} />}
      {open === 'review' && (
        <ReviewGuest
          booking_id={stay.booking_id}
          name={name}
          onClose={close}
        />
      )}
    </section>
  );
}

/** Shows the consequences of cancelling, as computed by the database, before it is confirmed. */
function Cancel({ stay, name, onClose }: { stay: StayShown; name: string; onClose: () => void }) {
  const words = host().booking;
  const [reason, setReason] = useState('');
  const preview = useQuery(
    ask(staybase, 'preview_cancellation', { booking_id: stay.booking_id }),
  );
  const cancel = useAction(async () => {
    await call(staybase, 'cancel_booking', {
      booking_id: stay.booking_id,
      ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
    });
    onClose();
    toast(words.cancelled);
    bookingChanged();
  });
  const { answer } = preview;
  return (
    <Dialog
      title={words.cancelTitle(name)}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{words.keep}</Button>
          <Button kind='danger' busy={cancel.busy || !answer} onClick={() => void cancel()}>
            {words.cancel}
          </Button>
        </>
      }
    >
      <div class='stack'>
        <ErrorBox error={preview.error ?? cancel.error} />
        {preview.waits && (
          <Loading>
            <Skeleton height='96px' />
          </Loading>
        )}
        {answer && (
          <Notice kind='warn'>
            <p>{words.cancelText(name)}</p>
            {answer.payout_minor !== null && (
              <p>{words.cancelPayout(money(answer.payout_minor, answer.currency))}</p>
            )}
            {!!answer.penalty_minor && (
              <p class='strong'>
                {words.cancelPenalty(money(answer.penalty_minor, answer.currency))}
              </p>
            )}
          </Notice>
        )}
        <TextArea
          label={words.reason}
          hint={words.reasonHint}
          value={reason}
          onValue={setReason}
          maxlength={1000}
        />
      </div>
    </Dialog>
  );
}

function NoShow({ stay, name, onClose }: { stay: StayShown; name: string; onClose: () => void }) {
  const words = host().booking;
  const [report, setReport] = useState('');
  const send = useAction(async () => {
    await call(staybase, 'report_no_show', { booking_id: stay.booking_id, report });
    onClose();
    toast(words.noShowReported);
    bookingChanged();
  });
  return (
    <Dialog
      title={words.noShow}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{words.back}</Button>
          <Button kind='danger' busy={send.busy} onClick={() => void send()}>{words.report}</Button>
        </>
      }
    >
      <div class='stack'>
        <p>{words.noShowText(name)}</p>
        <TextArea
          label={words.noShowReport}
          value={report}
          onValue={setReport}
          maxlength={2000}
        />
        <ErrorBox error={send.error} />
      </div>
    </Dialog>
  );
}

function Damage({ stay, onClose }: { stay: StayShown; onClose: () => void }) {
  const words = host().booking;
  const [claim_id] = useState(() => crypto.randomUUID());
  const [amount, setAmount] = useState('');
  const [damage, setDamage] = useState('');
  const amount_minor = amountOf(amount, stay.currency);
  const send = useAction(async () => {
    await call(staybase, 'claim_damage', {
      claim_id,
      booking_id: stay.booking_id,
      amount_minor: amount_minor ?? 0,
      damage,
    });
    onClose();
    toast(words.claimed);
    bookingChanged();
  });
  return (
    <Dialog
      title={words.damage}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{words.back}</Button>
          <Button
            kind='primary'
            busy={send.busy}
            onClick={() => amount_minor !== undefined && void send()}
          >
            {words.claim}
          </Button>
        </>
      }
    >
      <div class='stack'>
        <p>{words.damageText}</p>
        <MoneyField
          label={words.amount}
          currency={stay.currency}
          value={amount}
          onValue={setAmount}
          required
        />
        <TextArea
          label={words.whatBroke}
          value={damage}
          onValue={setDamage}
          maxlength={2000}
          required
        />
        <ErrorBox error={send.error} />
      </div>
    </Dialog>
  );
}
