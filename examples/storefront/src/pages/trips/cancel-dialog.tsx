import { ask, call } from '@staybase/client';
import { useState } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { cache, staybase, useQuery } from '../../api.ts';
import { money } from '../../format.ts';
import { guest } from '../../i18n/index.ts';
import { Button, Dialog, ErrorBox, Loading, Skeleton, TextArea, toast } from '../../kit/index.ts';
import { refreshTrip } from './refresh.ts';

/** The refund, and the action to cancel, which states that amount. */
export default function CancelDialog(
  { booking_id, onClose }: { booking_id: string; onClose: () => void },
) {
  const words = guest().cancel;
  const [reason, setReason] = useState('');
  const { answer: preview, error, waits } = useQuery(
    ask(staybase, 'preview_cancellation', { booking_id }),
  );
  const cancel = useAction(async () => {
    try {
      await call(staybase, 'cancel_booking', {
        booking_id,
        ...(preview?.refund_minor != null && { expected_refund_minor: preview.refund_minor }),
        ...(preview?.owed_minor != null && { expected_owed_minor: preview.owed_minor }),
        ...(reason !== '' && { reason }),
      });
    } catch (error) {
      cache.refresh('preview_cancellation');
      throw error;
    }
    refreshTrip();
    toast(words.done);
    onClose();
  });
  return (
    <Dialog
      title={words.title}
      onClose={onClose}
      footer={
        <>
          <Button kind='quiet' onClick={onClose}>{words.keep}</Button>
          <Button kind='danger' busy={cancel.busy || !preview} onClick={() => void cancel()}>
            {words.confirm}
          </Button>
        </>
      }
    >
      <div class='stack'>
        <ErrorBox error={error ?? cancel.error} />
        {waits && (
          <Loading>
            <Skeleton height='96px' />
          </Loading>
        )}
        {preview && (
          <div class='notice'>
            <p class='strong'>
              {(preview.refund_minor ?? 0) > 0
                ? words.refund(money(preview.refund_minor ?? 0, preview.currency))
                : words.noRefund}
            </p>
            {preview.owed_minor !== null && preview.owed_minor > 0 && (
              <p>{words.owed(money(preview.owed_minor, preview.currency))}</p>
            )}
            {preview.rule && <p class='small'>{words.rules[preview.rule]}</p>}
          </div>
        )}
        <TextArea label={words.reason} value={reason} onValue={setReason} maxlength={2000} />
      </div>
    </Dialog>
  );
}
