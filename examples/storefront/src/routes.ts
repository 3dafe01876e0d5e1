import { amenities, guest } from './i18n/index.ts';
import type { Part } from './route.ts';

const withGuest = [guest];

/** The paths that e-mails link to are those of docs/guides/notifications.md and docs/auth.md. */
export const routes: Part[] = [
  { path: '/', load: () => import('./pages/home.tsx') },
  { path: '/search', load: () => import('./pages/search/search.tsx') },
  {
    path: '/homes/:id',
    load: () => import('./pages/listing/listing.tsx'),
    words: [guest, amenities],
  },
  { path: '/book/:id', load: () => import('./pages/booking/checkout.tsx'), words: withGuest },
  { path: '/offers/:id', load: () => import('./pages/booking/offer.tsx'), words: withGuest },
  { path: '/bookings', load: () => import('./pages/trips/trips.tsx'), words: withGuest },
  { path: '/bookings/:id', load: () => import('./pages/trips/trip.tsx'), words: withGuest },
  { path: '/wishlists', load: () => import('./pages/wishlists/wishlists.tsx'), words: withGuest },
  {
    path: '/wishlists/:id',
    load: () => import('./pages/wishlists/wishlist.tsx'),
    words: withGuest,
  },
  { path: '/shared/:token', load: () => import('./pages/wishlists/shared.tsx'), words: withGuest },
  { path: '/conversations/:id?', load: () => import('./pages/inbox/inbox.tsx'), words: withGuest },
  {
    path: '/notifications',
    load: () => import('./pages/account/notifications.tsx'),
    words: withGuest,
  },
  { path: '/people/:id', load: () => import('./pages/people/person.tsx'), words: withGuest },
  { path: '/profile', load: () => import('./pages/account/profile.tsx'), words: withGuest },
  {
    path: '/invitations/:id',
    load: () => import('./pages/account/invitation.tsx'),
    words: withGuest,
  },
  { path: '/sign-in', load: () => import('./pages/auth/sign-in.tsx'), words: withGuest },
  { path: '/auth/confirm', load: () => import('./pages/auth/confirm.tsx'), words: withGuest },
  { path: '/host', load: () => import('./host/index.tsx'), words: withGuest },
  { path: '/host/*', load: () => import('./host/index.tsx'), words: withGuest },
];
