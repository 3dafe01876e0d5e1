import { call } from '@staybase/client';
import { useState } from 'preact/hooks';
import { useAction } from '../action.ts';
import { cache, staybase } from '../api.ts';
import { Button, Dialog, ErrorBox, TextArea, toast } from '../kit/index.ts';
import { host } from './words.ts';

export function bookingChanged(): void {
  // A cancelled stay has no preview, and the dialog that shows it is about to close.
  cache.expire('preview_cancellation');
  cache.refresh('host_bookings', 'host_booking', 'host_calendars', 'booking_actions');
}

/** Accepts or declines a request. */
export function AnswerButtons({ booking_id, name }: { booking_id: string; name: string }) {
  const words = host().booking;
  const [declines, setDeclines] = useState(false);
  const accept = useAction(async () => {
    await call(staybase, 'accept_booking', { booking_id });
    toast(words.accepted(name));
    bookingChanged();
  });
  return (
    <>
      <Button kind='primary' size='small' busy={accept.busy} onClick={() => void accept()}>
        {words.accept}
      </Button>
      <Button size='small' aria-haspopup='dialog' onClick={() => setDeclines(true)}>
        {words.decline}
      </Button>
      <ErrorBox error={accept.error} />
      {declines && (
        <Decline
          booking_id={booking_id}
          name={name}
          onClose={() => setDeclines(false)}
        />
      )}
    </>
  );
}

function Decline(
  { booking_id, name, onClose }: { booking_id: string; name: string; onClose: () => void },
) {
  const words = host().booking;
  const [reason, setReason] = useState('');
  const decline = useAction(async () => {
    await call(staybase, 'decline_booking', {
      booking_id,
      ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
    });
    onClose();
    toast(words.declined(name));
    bookingChanged();
  });
  return (
    <Dialog
      title={words.declineTitle(name)}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{words.back}</Button>
          <Button kind='danger' busy={decline.busy} onClick={() => void decline()}>
            {words.decline}
          </Button>
        </>
      }
    >
      <div class='stack'>
        <p>{words.declineText}</p>
        <TextArea
          label={words.reason}
          hint={words.reasonHint}
          value={reason}
          onValue={setReason}
          maxlength={1000}
        />
        <ErrorBox error={decline.error} />
      </div>
    </Dialog>
  );
}
