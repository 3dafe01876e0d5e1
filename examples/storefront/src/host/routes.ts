import type { Part } from '../route.ts';
import { homes } from './words.ts';

/** Paths below /host. */
export const hostRoutes: Part[] = [
  { path: '/', load: () => import('./today.tsx') },
  { path: '/bookings', load: () => import('./bookings.tsx') },
  { path: '/bookings/:id', load: () => import('./booking.tsx') },
  { path: '/calendar', load: () => import('./calendar.tsx'), words: [homes] },
  { path: '/homes', load: () => import('./homes/list.tsx'), words: [homes] },
  { path: '/homes/new', load: () => import('./homes/new.tsx'), words: [homes] },
  { path: '/homes/:id/:step?', load: () => import('./homes/home.tsx'), words: [homes] },
  { path: '/money', load: () => import('./money.tsx') },
  { path: '/reviews', load: () => import('./reviews.tsx') },
];
