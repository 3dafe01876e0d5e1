import { type Answers, call } from '../backend.ts';
import { Action, notice, reason } from '../parts/action.tsx';
import { useAnswer } from '../parts/load.ts';
import { Loading, Table } from '../parts/table.tsx';
import { base, Day, fact, Facts, Id, Page, Status, When, words } from '../parts/show.tsx';
import { BookingTable } from './bookings.tsx';
import { Standings } from './people.tsx';

export default function Person({ id }: { id: string }) {
  const person = useAnswer(() => call('staff_person', { profile_id: id }), [
    id,
  ]);
  const decisions = useAnswer(() => call('staff_decisions', { about_id: id }), [
    id,
  ]);
  const reload = () => {
    person.reload();
    decisions.reload();
  };
  return (
    <Page
      title={person.answer?.display_name ?? 'Person'}
      note={<code>{id}</code>}
    >
      <Loading {...person}>
        {person.answer && <Head person={person.answer} done={reload} />}
        {person.answer?.hosting && <Superhost id={id} />}
      </Loading>
      <h2 class='part'>Bookings as guest or host</h2>
      <BookingTable profile_id={id} />
      <h2 class='part'>Staff decisions</h2>
      <Loading {...decisions}>
        <Table
          caption='Decisions'
          rows={decisions.answer ?? []}
          keyOf={({ decision_id }) => decision_id}
          empty='None.'
          columns={[
            {
              name: 'When',
              show: ({ decided_at }) => <When at={decided_at} />,
            },
            { name: 'Measure', show: ({ measure }) => words(measure) },
            {
              name: 'By',
              show: ({ staff_id }) => <Id id={staff_id} of='person' />,
            },
            {
              name: 'Reason',
              show: ({ reason }) => <span class='prose'>{reason}</span>,
            },
          ]}
        />
      </Loading>
      <p class='row'>
        <a href={`${base}/audit?object_id=${id}`}>Audit log about them</a>
        <a href={`${base}/audit?actor_id=${id}`}>Audit log of their actions</a>
        <a href={`${base}/masked?author_id=${id}`}>
          Contact details hidden in their texts
        </a>
      </p>
    </Page>
  );
}

function Head(
  { person, done }: { person: Answers['staff_person']; done: () => void },
) {
  const { profile_id } = person;
  const isSuspended = person.suspended_at !== null;
  return (
    <section class='card' aria-label='The person'>
      <Standings person={person} />
      <Facts
        of={[
          fact('E-mail', person.email),
          fact('Joined', <Day on={person.joined_on} />),
          fact('Homes', person.listings),
          fact('Stripe account', <Status code={person.account_status} />),
          fact(
            'Stripe still requires',
            person.account_requirements.join(', ') || null,
          ),
          fact('Suspended', <When at={person.suspended_at} />),
          fact('Why', person.suspension_reason),
          fact('Deleted', <When at={person.erased_at} />),
        ]}
      />
      <div class='row'>
        {isSuspended
          ? (
            <Action
              label='Lift suspension'
              title={`Lift the suspension of ${person.display_name}`}
              fields={[reason, notice]}
              act={({ reason, notice }) =>
                call('staff_lift_suspension', {
                  profile_id,
                  reason: reason ?? '',
                  notice: notice ?? '',
                })}
              done={done}
            />
          )
          : (
            <Action
              label='Suspend'
              title={`Suspend ${person.display_name}`}
              isGrave
              about='They cannot book, send messages or appear in search. Their unconfirmed bookings end.'
              fields={[reason, notice]}
              act={({ reason, notice }) =>
                call('staff_suspend', {
                  profile_id,
                  reason: reason ?? '',
                  notice: notice ?? '',
                })}
              done={done}
            />
          )}
        {(['identity', 'phone'] as const).map((kind) => {
          const isVerified = kind === 'identity' ? person.identity_verified : person.phone_verified;
          return (
            <Action
              key={kind}
              label={isVerified ? `Unverify ${kind}` : `Verify ${kind}`}
              title={isVerified
                ? `Remove the mark that the ${kind} is verified`
                : `Mark the ${kind} as verified`}
              act={() =>
                call('staff_verify_person', {
                  profile_id,
                  kind,
                  verified: !isVerified,
                })}
              done={done}
            />
          );
        })}
      </div>
    </section>
  );
}

const yes = (isMet: boolean) => (isMet ? '✓' : '✗');

/** The figures of the next evaluation, then of past ones. */
function Superhost({ id }: { id: string }) {
  const loaded = useAnswer(
    () => call('staff_superhost', { host_id: id }),
    [id],
  );
  return (
    <>
      <h2 class='part'>Superhost</h2>
      <p class='quiet'>
        The first row is the next evaluation if nothing changes. Required: 10 stays (or 3 with 100
        nights) from 3 guests, 90% answered within a day, less than 1% cancelled, 4.8 stars.
      </p>
      <Loading {...loaded}>
        <Table
          caption='Evaluations'
          rows={loaded.answer ?? []}
          keyOf={({ evaluated_on }) => evaluated_on}
          columns={[
            {
              name: 'On',
              show: ({ evaluated_on }) => <Day on={evaluated_on} />,
            },
            {
              name: 'Superhost',
              show: ({ superhost }) => (superhost ? 'yes' : 'no'),
            },
            {
              name: 'Stays, nights, guests',
              show: (row) => `${row.stays}, ${row.nights}, ${row.guests} ${yes(row.hosts_often)}`,
            },
            {
              name: 'Answered',
              show: (row) => `${row.answered} of ${row.questions} ${yes(row.answers_soon)}`,
            },
            {
              name: 'Cancelled',
              show: (row) => `${row.cancellations} ${yes(row.keeps_bookings)}`,
            },
            {
              name: 'Rating',
              show: (row) => `${row.rating ?? 'none'} (${row.reviews}) ${yes(row.well_rated)}`,
            },
          ]}
        />
      </Loading>
    </>
  );
}
