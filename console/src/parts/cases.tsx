import { must } from '@staybase/client';
import { type Answers, call, type Rows, supabase } from '../backend.ts';
import { Action, type Given, reason } from './action.tsx';
import { CaseEvidence } from './evidence.tsx';
import { useAnswer } from './load.ts';
import { fact, Facts, Id, Money, moneyWords, Refusal, Status, When, words } from './show.tsx';

/** What a decision needs to know about the booking. */
type Stay = Pick<
  Answers['staff_booking'],
  'booking_id' | 'currency' | 'captured_minor' | 'refunded_minor'
>;

type Done = { done: () => void };

/** The complaints, no-shows and claims for damage of a booking. */
export function Cases({ booking, done }: { booking: Stay } & Done) {
  const { booking_id } = booking;
  const { answer, problem, reload } = useAnswer(
    () =>
      Promise.all([
        must(supabase.from('complaints').select('*').eq('booking_id', booking_id)),
        must(supabase.from('damage_claims').select('*').eq('booking_id', booking_id)),
        must(supabase.from('no_shows').select('*').eq('booking_id', booking_id)),
      ]),
    [booking_id],
  );
  const again = () => {
    reload();
    done();
  };
  const [complaints = [], claims = [], noShows = []] = answer ?? [];
  return (
    <>
      <Refusal problem={problem} />
      {complaints.map((complaint) => (
        <Complaint
          key={complaint.complaint_id}
          complaint={complaint}
          stay={booking}
          done={again}
        />
      ))}
      {claims.map((claim) => <Damage key={claim.claim_id} claim={claim} done={again} />)}
      {noShows.map((noShow) => <NoShow key={noShow.booking_id} noShow={noShow} done={again} />)}
    </>
  );
}

/** A complaint in a queue has no details of its booking: they are loaded. */
export function ComplaintCase(
  { complaint, done }: { complaint: Rows['complaints'] } & Done,
) {
  const { answer, problem } = useAnswer(
    () => call('staff_booking', { booking_id: complaint.booking_id }),
    [complaint.booking_id],
  );
  return (
    <>
      <Refusal problem={problem} />
      <Complaint complaint={complaint} stay={answer} done={done} />
    </>
  );
}

export function Complaint(
  { complaint, stay, done }: {
    complaint: Rows['complaints'];
    stay: Stay | undefined;
  } & Done,
) {
  const { complaint_id } = complaint;
  const left = stay === undefined ? 0 : stay.captured_minor - stay.refunded_minor;
  return (
    <article class='card' aria-label='Complaint'>
      <header class='row'>
        <h2>Complaint: {words(complaint.category)}</h2>
        <Status code={complaint.status} />
      </header>
      <p class='quiet'>The guest:</p>
      <blockquote>{complaint.complaint}</blockquote>
      <Said by='The host' words={complaint.answer} />
      <Said by='Decision' words={complaint.decision} />
      <Facts
        of={[
          fact('Booking', <Id id={complaint.booking_id} of='booking' />),
          fact('Filed', <When at={complaint.created_at} />),
          fact('Answered', <When at={complaint.answered_at} />),
          fact('Closed', <When at={complaint.closed_at} />),
        ]}
      />
      <CaseEvidence case_id={complaint_id} />
      {complaint.status === 'open' && stay !== undefined && (
        <div class='row'>
          <Action
            label='Refund'
            title='Refund money for this complaint'
            isGrave
            about={`Of what was paid, ${moneyWords(left, stay.currency)} can still go back.`}
            fields={[
              {
                name: 'refund',
                label: 'Refund to the guest',
                kind: 'money',
                currency: stay.currency,
                most: left,
              },
              reason,
            ]}
            act={({ minor, reason }) =>
              call('staff_decide_complaint', {
                complaint_id,
                refund_minor: minor,
                reason: reason ?? '',
              })}
            done={done}
          />
          <Action
            label='Dismiss'
            title='Dismiss this complaint'
            about='Nothing is refunded, and the complaint no longer holds the payout.'
            fields={[reason]}
            act={({ reason }) =>
              call('staff_decide_complaint', {
                complaint_id,
                refund_minor: 0,
                reason: reason ?? '',
              })}
            done={done}
          />
        </div>
      )}
    </article>
  );
}

export function Damage(
  { claim, done }: { claim: Rows['damage_claims'] } & Done,
) {
  const { claim_id, currency, amount_minor } = claim;
  const isOpen = claim.status === 'open' || claim.status === 'disputed';
  return (
    <article class='card' aria-label='Damage claim'>
      <header class='row'>
        <h2>
          Damage claim: <Money minor={amount_minor} currency={currency} />
        </h2>
        <Status code={claim.status} />
      </header>
      <p class='quiet'>The host:</p>
      <blockquote>{claim.damage}</blockquote>
      <Said by='The guest' words={claim.objection} />
      <Said by='Decision' words={claim.decision} />
      <Facts
        of={[
          fact('Booking', <Id id={claim.booking_id} of='booking' />),
          fact('Filed', <When at={claim.created_at} />),
          fact('Guest can answer until', <When at={claim.answer_until} />),
          fact('Award', <Money minor={claim.award_minor} currency={currency} />),
          fact('Closed', <When at={claim.closed_at} />),
        ]}
      />
      <CaseEvidence case_id={claim_id} />
      {isOpen && (
        <div class='row'>
          <Action
            label='Award'
            title='Award money for this damage'
            isGrave
            about={`At most ${
              moneyWords(amount_minor, currency)
            }, charged to the card that was saved.`}
            fields={[
              {
                name: 'award',
                label: 'Award',
                kind: 'money',
                currency,
                most: amount_minor,
              },
              reason,
            ]}
            act={({ minor, reason }) =>
              call('staff_decide_damage_claim', {
                claim_id,
                award_minor: minor,
                reason: reason ?? '',
              })}
            done={done}
          />
          <Action
            label='Dismiss'
            title='Dismiss this claim'
            fields={[reason]}
            act={({ reason }) =>
              call('staff_decide_damage_claim', {
                claim_id,
                award_minor: 0,
                reason: reason ?? '',
              })}
            done={done}
          />
        </div>
      )}
    </article>
  );
}

export function NoShow({ noShow, done }: { noShow: Rows['no_shows'] } & Done) {
  const { booking_id } = noShow;
  const decide = (upheld: boolean) => ({ reason }: Given) =>
    call('staff_decide_no_show', { booking_id, upheld, reason: reason ?? '' });
  return (
    <article class='card' aria-label='No-show'>
      <header class='row'>
        <h2>No-show</h2>
        <Status code={noShow.status} />
      </header>
      <p class='quiet'>The host:</p>
      <blockquote>{noShow.report}</blockquote>
      <Said by='The guest' words={noShow.objection} />
      <Said by='Decision' words={noShow.decision} />
      <Facts
        of={[
          fact('Booking', <Id id={booking_id} of='booking' />),
          fact('Reported', <When at={noShow.reported_at} />),
          fact('Guest can object until', <When at={noShow.object_until} />),
          fact('Objected', <When at={noShow.objected_at} />),
          fact('Closed', <When at={noShow.closed_at} />),
        ]}
      />
      <CaseEvidence case_id={booking_id} />
      {(noShow.status === 'reported' || noShow.status === 'objected') && (
        <div class='row'>
          <Action
            label='Uphold'
            title='Uphold this no-show'
            isGrave
            about='The stay is settled as if the guest had cancelled at the last moment.'
            fields={[reason]}
            act={decide(true)}
            done={done}
          />
          <Action
            label='Dismiss'
            title='Dismiss this no-show'
            about='The report has no effect on the stay.'
            fields={[reason]}
            act={decide(false)}
            done={done}
          />
        </div>
      )}
    </article>
  );
}

function Said({ by, words }: { by: string; words: string | null }) {
  if (words === null || words === '') return null;
  return (
    <>
      <p class='quiet'>{by}:</p>
      <blockquote>{words}</blockquote>
    </>
  );
}
