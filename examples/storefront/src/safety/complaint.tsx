import { call, type Database } from '@staybase/client';
import { useAction } from '../action.ts';
import { staybase } from '../api.ts';
import { safety } from '../i18n/index.ts';
import { Badge, Button, ErrorBox, toast } from '../kit/index.ts';
import { refreshTrip } from '../pages/trips/refresh.ts';
import OwnEvidence from './own-evidence.tsx';
import { Said } from './said.tsx';

/** A guest's complaint about a stay: what was said, the answer, the decision. */
export default function Complaint(
  { complaint, mayWithdraw }: {
    complaint: Database['public']['Tables']['complaints']['Row'];
    mayWithdraw: boolean;
  },
) {
  const words = safety().complaint;
  const { complaint_id, status } = complaint;
  const withdraw = useAction(async () => {
    await call(staybase, 'withdraw_complaint', { complaint_id });
    refreshTrip();
    toast(words.withdrawn);
  });
  return (
    <section class='panel stack-small' aria-labelledby={complaint_id}>
      <div class='between'>
        <h2 id={complaint_id}>{words.yours}</h2>
        <Badge kind={status === 'open' ? 'warn' : status === 'refunded' ? 'good' : 'plain'}>
          {words.states[status]}
        </Badge>
      </div>
      <p>{words.stateTexts[status]}</p>
      <p>
        <span class='strong'>{words.categories[complaint.category]}</span>
      </p>
      <p class='prose'>{complaint.complaint}</p>
      <Said by={words.answer} text={complaint.answer} />
      <Said by={words.decision} text={complaint.decision} />
      <OwnEvidence case_id={complaint_id} isOpen={status === 'open'} />
      <ErrorBox error={withdraw.error} />
      {mayWithdraw && (
        <div>
          <Button size='small' busy={withdraw.busy} onClick={() => void withdraw()}>
            {words.withdraw}
          </Button>
        </div>
      )}
    </section>
  );
}
