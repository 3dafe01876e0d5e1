import { must } from '@staybase/client';
import { call, supabase } from '../backend.ts';
import { useAnswer } from '../parts/load.ts';
import { Loading, Table } from '../parts/table.tsx';
import { base, Page, Refusal, Status, words } from '../parts/show.tsx';

const most = 100;

const rowsOf = async (
  table: 'complaints' | 'damage_claims' | 'no_shows',
  status: string,
): Promise<number> =>
  (await must(
    supabase.from(table as 'complaints').select('booking_id').eq('status', status as 'open')
      .limit(most),
  )).length;

/** Open work, and the page of it. */
const work = [
  { title: 'open reports', page: 'reports' },
  { title: 'open complaints', page: 'complaints' },
  { title: 'disputed damage claims', page: 'damage' },
  { title: 'contested no-shows', page: 'no-shows' },
  { title: 'open disputes', page: 'disputes' },
  { title: 'blocked payouts', page: 'payouts' },
  { title: 'failed commands', page: 'outbox' },
  { title: 'failing calendars', page: 'feeds' },
] as const;

/** How much there is of each, at most a hundred. */
async function waiting(): Promise<Record<(typeof work)[number]['page'], number>> {
  const [
    reports,
    complaints,
    damage,
    noShows,
    failed,
    blocked,
    disputes,
    feeds,
  ] = await Promise
    .all([
      call('staff_reports', { page_size: most }),
      rowsOf('complaints', 'open'),
      rowsOf('damage_claims', 'disputed'),
      rowsOf('no_shows', 'objected'),
      call('staff_commands', { page_size: most }),
      call('staff_payouts', { status: 'blocked', page_size: most }),
      call('staff_disputes', { page_size: most }),
      call('staff_feeds', { page_size: most }),
    ]);
  return {
    reports: reports.length,
    complaints,
    damage,
    'no-shows': noShows,
    disputes: disputes.filter(({ closed_at }) => closed_at === null).length,
    payouts: blocked.length,
    outbox: failed.length,
    feeds: feeds.length,
  };
}

/** What to do when a part is not healthy; docs/runbooks.md has the details. */
const cures: Record<string, { says: string; page?: string }> = {
  schedule: {
    says: 'Nothing is running the jobs: start pg_cron or npm run worker.',
    page: 'jobs',
  },
  jobs: {
    says: 'A job failed and will be retried automatically. See its problem.',
    page: 'jobs',
  },
  commands: {
    says: 'Fix the cause, then retry what moves no money.',
    page: 'outbox',
  },
  stripe_events: {
    says: 'A Stripe event was not applied: see the logs of stripe-webhook.',
  },
  calendars: {
    says: 'No calendars are being imported: check the schedule of sync-calendars.',
    page: 'feeds',
  },
  files: { says: 'No files are being checked: check the schedule of check-files.' },
  payments: {
    says: 'Each needs a person; see the differences for what is wrong.',
    page: 'differences',
  },
  zone_data: {
    says: 'The time zones of Postgres and Deno differ: update the older one.',
  },
};

export default function Now() {
  const health = useAnswer(() => call('staff_health', {}), []);
  // Slow: it reads catalogs and statistics.
  const doctor = useAnswer(() => call('staff_health', { doctor: true }), []);
  const queues = useAnswer(waiting, []);
  return (
    <Page title='Now' note='Open work, and the health of each part.'>
      <Refusal problem={queues.problem} />
      <div class='tiles' aria-busy={queues.isLoading}>
        {work.map(({ title, page }) => {
          const rows = queues.answer?.[page];
          return (
            <a key={page} class={rows ? 'tile warm' : 'tile'} href={`${base}/${page}`}>
              <b>{rows === most ? `${most}+` : rows ?? '…'}</b> {title}
            </a>
          );
        })}
      </div>
      <h2 class='part'>Health</h2>
      <Loading {...health}>
        <Table
          caption='Parts'
          rows={health.answer?.filter(({ topic }) => topic === 'health') ?? []}
          keyOf={({ object }) => object}
          columns={[
            { name: 'Part', show: ({ object }) => words(object) },
            {
              name: 'State',
              show: ({ healthy }) => <Status code={healthy ? 'healthy' : 'a_problem'} />,
            },
            {
              name: 'Seen',
              show: ({ seen }) => <span class='prose'>{seen}</span>,
            },
            {
              name: 'What to do',
              show: ({ object, healthy }) => {
                const cure = healthy ? undefined : cures[object];
                return cure && (
                  <>
                    {cure.says} {cure.page && <a href={`${base}/${cure.page}`}>Open</a>}
                  </>
                );
              },
            },
          ]}
        />
      </Loading>
      {(health.answer ?? health.problem) && (
        // Below what is there, so that nothing moves.
        <>
          <h2 class='part'>The doctor</h2>
          <Loading {...doctor}>
            <Table
              caption='What a DBA should check'
              rows={doctor.answer?.filter(({ topic }) => topic !== 'health') ?? []}
              keyOf={({ topic, object, seen }) => `${topic} ${object} ${seen}`}
              empty='The doctor found nothing.'
              columns={[
                { name: 'Topic', show: ({ topic }) => words(topic) },
                {
                  name: 'About',
                  show: ({ object }) => <code class='prose'>{object}</code>,
                },
                {
                  name: 'Seen',
                  show: ({ seen }) => <span class='prose'>{seen}</span>,
                },
                {
                  name: 'What to do',
                  show: ({ advice }) => <span class='prose'>{advice}</span>,
                },
              ]}
            />
          </Loading>
        </>
      )}
    </Page>
  );
}
