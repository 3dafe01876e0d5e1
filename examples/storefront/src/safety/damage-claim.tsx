import { call, type Database } from '@staybase/client';
import { useState } from 'preact/hooks';
import { useAction } from '../action.ts';
import { staybase } from '../api.ts';
import { instantText, money } from '../format.ts';
import { safety } from '../i18n/index.ts';
import { Badge, Button, ErrorBox, TextArea, toast } from '../kit/index.ts';
import { refreshTrip } from '../pages/trips/refresh.ts';
import OwnEvidence from './own-evidence.tsx';
import { Said } from './said.tsx';

/** A host's claim for damage: the guest agrees to pay it or objects. */
export default function DamageClaim(
  { claim, mayAnswer }: {
    claim: Database['public']['Tables']['damage_claims']['Row'];
    mayAnswer: boolean;
  },
) {
  const words = safety().claim;
  const { claim_id, status, currency } = claim;
  const [objection, setObjection] = useState('');
  const accept = useAction(async () => {
    await call(staybase, 'accept_damage_claim', { claim_id });
    refreshTrip();
    toast(words.accepted);
  });
  const dispute = useAction(async () => {
    await call(staybase, 'dispute_damage_claim', { claim_id, objection: objection.trim() });
    refreshTrip();
    toast(words.disputed);
  });
  const amount = money(claim.award_minor ?? claim.amount_minor, currency);
  return (
    <section class='panel stack' aria-labelledby={claim_id}>
      <div class='stack-small'>
        <div>
          <Badge kind={['open', 'owed', 'unpaid'].includes(status) ? 'warn' : 'plain'}>
            {words.states[status]}
          </Badge>
        </div>
        <h2 id={claim_id}>{words.title(money(claim.amount_minor, currency))}</h2>
      </div>
      <p class='prose'>{claim.damage}</p>
      {status === 'open' && <p>{words.until(instantText(claim.answer_until))}</p>}
      <Said by={words.yours} text={claim.objection} />
      <Said by={words.decision} text={claim.decision} />
      {claim.award_minor !== null && <p>{words.owes(amount)}</p>}
      {mayAnswer && status === 'open' && (
        <div class='stack-small'>
          <TextArea
            label={words.body}
            value={objection}
            onValue={setObjection}
            maxlength={2000}
          />
          <ErrorBox error={accept.error ?? dispute.error} />
          <div class='row'>
            <Button
              kind='primary'
              size='small'
              busy={accept.busy}
              onClick={() => void accept()}
            >
              {words.accept(amount)}
            </Button>
            <Button size='small' busy={dispute.busy} onClick={() => void dispute()}>
              {words.dispute}
            </Button>
          </div>
        </div>
      )}
      <OwnEvidence case_id={claim_id} isOpen={status === 'open' || status === 'disputed'} />
    </section>
  );
}
