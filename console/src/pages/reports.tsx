import { useState } from 'preact/hooks';
import { type Answers, call, type Enums } from '../backend.ts';
import { Action, type Field, notice, reason } from '../parts/action.tsx';
import { Evidence } from '../parts/evidence.tsx';
import { usePages } from '../parts/load.ts';
import { Pick } from '../parts/pick.tsx';
import { Paged } from '../parts/table.tsx';
import { fact, Facts, Id, Page, Status, When, words } from '../parts/show.tsx';

type Report = Answers['staff_report'];

const statuses: Enums['report_status'][] = ['open', 'closed'];

/** The measures that apply to the subject of a report; the verb checks this too. */
function measuresFor(report: Report): Enums['moderation_measure'][] {
  return [
    'dismiss',
    ...(report.profile_id === null ? [] : ['warn', 'suspend'] as const),
    ...(report.subject === 'listing' ? ['hide_listing'] as const : []),
    ...(report.subject === 'review' ? ['remove_review'] as const : []),
    ...(report.subject === 'message' ? ['remove_message'] as const : []),
  ];
}

export default function Reports() {
  const [status, setStatus] = useState<Enums['report_status']>('open');
  const pages = usePages<Report>(
    (last, page_size) =>
      call('staff_reports', {
        status,
        page_size,
        ...(last === undefined ? {} : { after: last.report_id }),
      }),
    [status],
    20,
  );
  return (
    <Page
      title='Reports'
      note='What people reported about a home, a person, a review or a message, oldest first.'
      actions={
        <Pick
          label='Status'
          value={status}
          of={statuses}
          all={undefined}
          change={(picked) => setStatus(picked ?? 'open')}
        />
      }
    >
      <Paged pages={pages}>
        {pages.rows.length === 0 && <p class='empty'>No {status} reports.</p>}
        {pages.rows.map((report) => (
          <ReportCard
            key={report.report_id}
            report={report}
            done={pages.reload}
          />
        ))}
      </Paged>
    </Page>
  );
}

function ReportCard({ report, done }: { report: Report; done: () => void }) {
  const choices: Field = {
    name: 'choices',
    label: 'Measures',
    kind: 'choices',
    options: measuresFor(report).map((value) => ({
      value,
      label: words(value),
    })),
  };
  return (
    <article class='card' aria-label={`Report ${report.report_id.slice(0, 8)}`}>
      <header class='row'>
        <h2>{words(report.category)}: a {report.subject}</h2>
        <Status code={report.status} />
      </header>
      {report.body !== null && report.body !== '' && <blockquote>{report.body}</blockquote>}
      {report.excerpt !== null && (
        <>
          <p class='quiet'>As it was when reported:</p>
          <blockquote>{report.excerpt}</blockquote>
        </>
      )}
      <Facts
        of={[
          fact('Filed', <When at={report.created_at} />),
          fact('By', <Id id={report.reporter_id} of='person' />),
          fact('About', <Id id={report.profile_id} of='person' />),
          fact(words(report.subject), <Id id={report.subject_id} />),
          fact('Claimed by', <Id id={report.claimed_by} of='person' />),
          fact('Claimed', <When at={report.claimed_at} />),
          fact(
            'Measures',
            report.measures.length > 0 ? report.measures.map(words).join(', ') : null,
          ),
          fact('Closed', <When at={report.closed_at} />),
        ]}
      />
      <Evidence paths={report.evidence} />
      {report.status === 'open' && (
        <div class='row'>
          <Action
            label='Claim'
            title='Claim this report'
            about='Nobody else can decide it until your claim expires.'
            act={() => call('staff_claim_report', { report_id: report.report_id })}
            done={done}
          />
          <Action
            label='Decide'
            title='Decide this report'
            isGrave
            fields={[choices, reason, notice]}
            act={({ choices, reason, notice }) =>
              call('staff_decide_report', {
                report_id: report.report_id,
                measures: choices as Enums['moderation_measure'][],
                reason: reason ?? '',
                notice: notice ?? '',
              })}
            done={done}
          />
        </div>
      )}
    </article>
  );
}
