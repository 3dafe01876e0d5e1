import { ask, call } from '@staybase/client';
import { useState } from 'preact/hooks';
import { useAction } from '../action.ts';
import { staybase, useQuery } from '../api.ts';
import { instantText, money } from '../format.ts';
import { core, safety } from '../i18n/index.ts';
import { later } from '../kit/later.tsx';
import { addEvidence } from '../safety/evidence.ts';
import { actionsOf } from '../stay/actions.ts';
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

const EvidenceField = later(async () => {
  const [field] = await Promise.all([import('../safety/evidence-field.tsx'), safety.load()]);
  return field;
});

type Open = 'cancel' | 'no_show' | 'damage' | 'review' | null;

/** The actions a host may still take on a stay, as the rules of the database see it. */
export function BookingDeeds({ stay, name }: { stay: StayShown; name: string }) {
  const words = host().booking;
  const [open, setOpen] = useState<Open>(null);
  const { answer: actions = [] } = useQuery(actionsOf(stay.booking_id));
  const until = (verb: string) => actions.find(({ action }) => action === verb)?.open_until;
  const deeds: [Exclude<Open, null>, string, string][] = [
    ['review', words.review, 'review_guest'],
    ['no_show', words.noShow, 'report_no_show'],
    ['damage', words.damage, 'claim_damage'],
    ['cancel', words.cancel, 'cancel_booking'],
  ];
  const possible = deeds.filter(([deed, , verb]) =>
    until(verb) !== undefined && (deed !== 'review' || rowsOf(stay.guest_reviews).length === 0)
  );
  if (possible.length === 0) return null;
  const close = () => setOpen(null);
  return (
    <section class='stack-small'>
      <h2 class='visually-hidden'>{words.deeds}</h2>
      {possible.map(([deed, text, verb]) => (
        <div key={deed}>
          <Button
            wide
            kind={deed === 'cancel' ? 'danger' : 'plain'}
            aria-haspopup='dialog'
            onClick={() => setOpen(deed)}
          >
            {text}
          </Button>
          {deed !== 'cancel' && until(verb) && (
            <p class='soft small'>{core().when.until(instantText(until(verb)!))}</p>
          )}
        </div>
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
  const [files, setFiles] = useState<File[]>([]);
  const send = useAction(async () => {
    await call(staybase, 'report_no_show', { booking_id: stay.booking_id, report });
    await addEvidence(stay.booking_id, files);
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
        <EvidenceField onFiles={setFiles} />
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
  const [files, setFiles] = useState<File[]>([]);
  const send = useAction(async () => {
    await call(staybase, 'claim_damage', {
      claim_id,
      booking_id: stay.booking_id,
      amount_minor: amount_minor ?? 0,
      damage,
    });
    await addEvidence(claim_id, files);
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
        <EvidenceField onFiles={setFiles} />
        <ErrorBox error={send.error} />
      </div>
    </Dialog>
  );
}
