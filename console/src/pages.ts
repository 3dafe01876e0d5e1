import type { FunctionComponent } from 'preact';

type Loads = () => Promise<{ default: FunctionComponent<{ id: string }> }>;

interface ConsolePage {
  group: typeof groups[number];
  title: string;
  path: string;
  load: Loads;
  /** Pages that it leads to. */
  details?: { path: string; load: Loads }[];
}

export const groups = ['Now', 'Queues', 'Stays', 'Money', 'People', 'Machinery'] as const;

const page = (
  group: ConsolePage['group'],
  title: string,
  path: string,
  load: Loads,
  details: ConsolePage['details'] = [],
): ConsolePage => ({ group, title, path, load, details });

export const pages: ConsolePage[] = [
  page('Now', 'Now', '/', () => import('./pages/now.tsx'), [
    { path: '/find/:id', load: () => import('./pages/find.tsx') },
  ]),
  page('Now', 'Charts', '/charts', () => import('./pages/charts.tsx')),
  page('Queues', 'Reports', '/reports', () => import('./pages/reports.tsx')),
  page('Queues', 'Complaints', '/complaints', () => import('./pages/complaints.tsx')),
  page('Queues', 'Damage', '/damage', () => import('./pages/damage.tsx')),
  page('Queues', 'No-shows', '/no-shows', () => import('./pages/no-shows.tsx')),
  page('Stays', 'Bookings', '/bookings', () => import('./pages/bookings.tsx'), [
    { path: '/bookings/:id', load: () => import('./pages/booking.tsx') },
  ]),
  page('Money', 'Payments', '/payments', () => import('./pages/payments.tsx')),
  page('Money', 'Payouts', '/payouts', () => import('./pages/payouts.tsx')),
  page('Money', 'Disputes', '/disputes', () => import('./pages/disputes.tsx')),
  page('Money', 'Ledger', '/ledger', () => import('./pages/ledger.tsx')),
  page('Money', 'Differences', '/differences', () => import('./pages/differences.tsx')),
  page('People', 'People', '/people', () => import('./pages/people.tsx'), [
    { path: '/people/:id', load: () => import('./pages/person.tsx') },
  ]),
  page('People', 'Hosts’ accounts', '/host-accounts', () => import('./pages/host-accounts.tsx')),
  page('People', 'Hidden contact data', '/masked', () => import('./pages/masked.tsx')),
  page(
    'People',
    'Sources of reviews',
    '/review-sources',
    () => import('./pages/review-sources.tsx'),
  ),
  page('Machinery', 'Outbox', '/outbox', () => import('./pages/outbox.tsx')),
  page('Machinery', 'Webhooks', '/webhooks', () => import('./pages/webhooks.tsx'), [
    { path: '/webhooks/:id', load: () => import('./pages/webhook.tsx') },
  ]),
  page('Machinery', 'Jobs', '/jobs', () => import('./pages/jobs.tsx')),
  page('Machinery', 'Feeds', '/feeds', () => import('./pages/feeds.tsx')),
  page('Machinery', 'Settings', '/settings', () => import('./pages/settings.tsx')),
  page('Machinery', 'Audit log', '/audit', () => import('./pages/audit.tsx')),
];
