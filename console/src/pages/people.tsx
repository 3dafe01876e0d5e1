import { useLocation } from 'preact-iso';
import { type Answers, call } from '../backend.ts';
import { usePages } from '../parts/load.ts';
import { PagedTable } from '../parts/table.tsx';
import { base, Day, Page, Status } from '../parts/show.tsx';

export default function People() {
  const { query, route } = useLocation();
  const words = query['words'] ?? '';
  const pages = usePages<Answers['staff_person']>(
    (last, page_size) =>
      call('staff_people', {
        words,
        page_size,
        ...(last === undefined ? {} : { after: last.profile_id }),
      }),
    [words],
  );
  const find = (event: SubmitEvent) => {
    event.preventDefault();
    const asked = String(
      new FormData(event.currentTarget as HTMLFormElement).get('words'),
    ).trim();
    route(`${base}/people?words=${encodeURIComponent(asked)}`);
  };
  return (
    <Page
      title='People'
      note='Search by the beginning of a name, or by a full e-mail address.'
    >
      <form class='filters' onSubmit={find} key={words}>
        <label>
          Name or e-mail <input name='words' defaultValue={words} maxLength={320} />
        </label>
        <button type='submit'>Find</button>
      </form>
      <PagedTable
        pages={pages}
        caption='People'
        keyOf={({ profile_id }) => profile_id}
        empty='Nobody found.'
        columns={[
          {
            name: 'Name',
            show: ({ profile_id, display_name }) => (
              <a href={`${base}/people/${profile_id}`}>{display_name}</a>
            ),
          },
          { name: 'E-mail', show: ({ email }) => email },
          { name: 'Is', show: (person) => <Standings person={person} /> },
          { name: 'Homes', isNumber: true, show: ({ listings }) => listings },
          {
            name: 'Paid by Stripe',
            show: ({ account_status }) => <Status code={account_status} />,
          },
          { name: 'Joined', show: ({ joined_on }) => <Day on={joined_on} /> },
        ]}
      />
    </Page>
  );
}

export function Standings({ person }: { person: Answers['staff_person'] }) {
  return (
    <span class='row'>
      {person.suspended_at !== null && <Status code='suspended' />}
      {person.is_staff && <Status code='staff' />}
      {person.superhost && <Status code='superhost' />}
      {person.identity_verified && <Status code='identity_verified' />}
      {person.phone_verified && <Status code='phone_verified' />}
      {person.erased_at !== null && <Status code='deleted' />}
    </span>
  );
}
