import { ask, call } from '@staybase/client';
import { useState } from 'preact/hooks';
import { type Action, useAction } from '../action.ts';
import { staybase, useQuery } from '../api.ts';
import { daysText, instantText, money } from '../format.ts';
import { core, safety } from '../i18n/index.ts';
import { Badge, Button, ErrorBox, TextArea, toast } from '../kit/index.ts';
import { later } from '../kit/later.tsx';
import { bookingChanged } from './answer.tsx';
import { rowsOf, type StayShown } from './data.ts';
import { Countdown } from './parts.tsx';
import { host } from './words.ts';

const OwnEvidence = later(async () => {
  const [evidence] = await Promise.all([import('../safety/own-evidence.tsx'), safety.load()]);
  return evidence;
});

type RowOf<Rows> = Rows extends (infer Row)[] ? Row : NonNullable<Rows>;

/** Issues with a stay, and the host's possible answers. */
export function BookingTrouble({ stay, name }: { stay: StayShown; name: string }) {
  return (
    <>
      {rowsOf(stay.alterations)
        .filter(({ status, proposed_by }) => status === 'proposed' && proposed_by === 'guest')
        .map(({ alteration_id, expires_at }) => (
          <Alteration
            key={alteration_id}
            alteration_id={alteration_id}
            expires_at={expires_at}
            name={name}
          />
        ))}
      {rowsOf(stay.complaints).map((complaint) => (
        <Complaint key={complaint.complaint_id} complaint={complaint} />
      ))}
      {rowsOf(stay.no_shows).map((report) => <NoShow key={report.booking_id} report={report} />)}
      {rowsOf(stay.damage_claims).map((claim) => <Claim key={claim.claim_id} claim={claim} />)}
    </>
  );
}

/** An action that confirms what it did. */
const useDeed = (deed: () => Promise<unknown>, done: string): Action<[]> =>
  useAction(async () => {
    await deed();
    toast(done);
    bookingChanged();
  });

/** A change of dates or guests that the guest proposed. */
function Alteration(
  { alteration_id, expires_at, name }: {
    alteration_id: string;
    expires_at: string;
    name: string;
  },
) {
  const words = host().trouble;
  const { answer, error } = useQuery(ask(staybase, 'read_alteration', { alteration_id }));
  const accept = useDeed(
    () => call(staybase, 'accept_alteration', { alteration_id }),
    words.changeAccepted,
  );
  const decline = useDeed(
    () => call(staybase, 'decline_alteration', { alteration_id }),
    words.changeDeclined,
  );
  return (
    <section class='panel stack'>
      <div class='between request-top'>
        <h2>{words.wantsChange(name)}</h2>
        <Countdown until={expires_at} />
      </div>
      <ErrorBox error={error ?? accept.error ?? decline.error} />
      {answer && (
        <p>
          {daysText(answer.check_in, answer.check_out)} · {core().counts.guests(answer.guests)}
          {answer.payout_minor !== null && (
            <>
              <br />
              <span class='soft'>
                {words.newPayout(money(answer.payout_minor, answer.currency))}
              </span>
            </>
          )}
        </p>
      )}
      <div class='row'>
        <Button kind='primary' size='small' busy={accept.busy} onClick={() => void accept()}>
          {host().booking.accept}
        </Button>
        <Button size='small' busy={decline.busy} onClick={() => void decline()}>
          {host().booking.decline}
        </Button>
      </div>
    </section>
  );
}

function Complaint({ complaint }: { complaint: RowOf<StayShown['complaints']> }) {
  const words = host().trouble;
  const { complaint_id, status } = complaint;
  const [answer, setAnswer] = useState('');
  const send = useDeed(
    () => call(staybase, 'answer_complaint', { complaint_id, answer: answer.trim() }),
    words.answered,
  );
  return (
    <section class='panel stack'>
      <div class='between request-top'>
        <h2>{words.complaint(words.categories[complaint.category])}</h2>
        <Badge kind={status === 'open' ? 'warn' : 'plain'}>{words.complaintStatus[status]}</Badge>
      </div>
      <blockquote>{complaint.complaint}</blockquote>
      {complaint.answer && <p>{words.yourAnswer(complaint.answer)}</p>}
      {complaint.decision && <p>{complaint.decision}</p>}
      <OwnEvidence case_id={complaint_id} isOpen={status === 'open'} />
      {status === 'open' && complaint.answer === null && (
        <form
          class='stack-small'
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          <TextArea
            label={words.answer}
            hint={words.answerHint}
            value={answer}
            onValue={setAnswer}
            maxlength={2000}
            required
          />
          <ErrorBox error={send.error} />
          <div>
            <Button kind='primary' size='small' type='submit' busy={send.busy}>
              {words.sendAnswer}
            </Button>
          </div>
        </form>
      )}
    </section>
  );
}

function NoShow({ report }: { report: RowOf<StayShown['no_shows']> }) {
  const words = host().booking;
  const { booking_id, status } = report;
  const withdraw = useDeed(
    () => call(staybase, 'withdraw_no_show', { booking_id }),
    words.noShowStatus.withdrawn,
  );
  return (
    <div class='notice' data-kind='warn'>
      <p class='strong'>{words.noShowStatus[status]}</p>
      {status === 'reported' && <p>{words.mayObject(instantText(report.object_until))}</p>}
      {report.objection && <p>{report.objection}</p>}
      {report.decision && <p>{report.decision}</p>}
      <OwnEvidence case_id={booking_id} isOpen={status === 'reported' || status === 'objected'} />
      {(status === 'reported' || status === 'objected') && (
        <div>
          <Button size='small' busy={withdraw.busy} onClick={() => void withdraw()}>
            {host().trouble.cameAfterAll}
          </Button>
        </div>
      )}
      <ErrorBox error={withdraw.error} />
    </div>
  );
}

function Claim({ claim }: { claim: RowOf<StayShown['damage_claims']> }) {
  const words = host().booking;
  const { claim_id, status } = claim;
  const withdraw = useDeed(
    () => call(staybase, 'withdraw_damage_claim', { claim_id }),
    words.claimStatus.withdrawn,
  );
  return (
    <div class='notice' data-kind='warn'>
      <div class='between request-top'>
        <p class='strong'>{words.claimOf(money(claim.amount_minor, claim.currency))}</p>
        <Badge>{words.claimStatus[status]}</Badge>
      </div>
      <p>{claim.damage}</p>
      {claim.objection && <p>{claim.objection}</p>}
      {claim.decision && <p>{claim.decision}</p>}
      <OwnEvidence case_id={claim_id} isOpen={status === 'open' || status === 'disputed'} />
      {(status === 'open' || status === 'disputed') && (
        <div>
          <Button size='small' busy={withdraw.busy} onClick={() => void withdraw()}>
            {host().trouble.withdraw}
          </Button>
        </div>
      )}
      <ErrorBox error={withdraw.error} />
    </div>
  );
}
