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

export const groups = ['Now', 'Queues', 'Stays', 'People', 'Machinery'] as const;

export const pages: ConsolePage[] = [
  {
    group: 'Queues',
    title: 'Reports',
    path: '/reports',
    load: () => import('./pages/reports.tsx'),
  },
  {
    group: 'People',
    title: 'Hidden contact data',
    path: '/masked',
    load: () => import('./pages/masked.tsx'),
  },
  {
    group: 'People',
    title: 'Sources of reviews',
    path: '/review-sources',
    load: () => import('./pages/review-sources.tsx'),
  },
  {
    group: 'Machinery',
    title: 'Webhooks',
    path: '/webhooks',
    load: () => import('./pages/webhooks.tsx'),
    details: [{ path: '/webhooks/:id', load: () => import('./pages/webhook.tsx') }],
  },
  {
    group: 'Machinery',
    title: 'Audit log',
    path: '/audit',
    load: () => import('./pages/audit.tsx'),
  },
];
