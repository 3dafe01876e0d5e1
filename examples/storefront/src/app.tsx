import { ErrorBoundary } from 'preact-iso/lazy';
import { exec, LocationProvider, Route, Router } from 'preact-iso/router';
import { amenities, core, guest } from './i18n/index.ts';
import { Footer } from './layout/footer.tsx';
import { Header, TabBar } from './layout/header.tsx';
import { Toasts } from './kit/toast.tsx';
import { page } from './lazy-page.ts';

const Home = page(() => import('./pages/home.tsx'));
const Search = page(() => import('./pages/search/search.tsx'));
const Listing = page(() => import('./pages/listing/listing.tsx'), guest, amenities);
const Checkout = page(() => import('./pages/booking/checkout.tsx'), guest);
const Offer = page(() => import('./pages/booking/offer.tsx'), guest);
const Trips = page(() => import('./pages/trips/trips.tsx'), guest);
const Trip = page(() => import('./pages/trips/trip.tsx'), guest);
const Wishlists = page(() => import('./pages/wishlists/wishlists.tsx'), guest);
const Wishlist = page(() => import('./pages/wishlists/wishlist.tsx'), guest);
const SharedWishlist = page(() => import('./pages/wishlists/shared.tsx'), guest);
const Inbox = page(() => import('./pages/inbox/inbox.tsx'), guest);
const Notifications = page(() => import('./pages/account/notifications.tsx'), guest);
const Person = page(() => import('./pages/people/person.tsx'), guest);
const Profile = page(() => import('./pages/account/profile.tsx'), guest);
const Invitation = page(() => import('./pages/account/invitation.tsx'), guest);
const SignIn = page(() => import('./pages/auth/sign-in.tsx'), guest);
const Confirm = page(() => import('./pages/auth/confirm.tsx'), guest);
const Host = page(() => import('./host/index.tsx'), guest);
const NotFound = page(() => import('./pages/not-found.tsx'));

/** The paths that e-mails link to are those of docs/guides/notifications.md and docs/auth.md. */
const pages: [path: string, page: ReturnType<typeof page>][] = [
  ['/', Home],
  ['/search', Search],
  ['/homes/:id', Listing],
  ['/book/:id', Checkout],
  ['/offers/:id', Offer],
  ['/bookings', Trips],
  ['/bookings/:id', Trip],
  ['/wishlists', Wishlists],
  ['/wishlists/:id', Wishlist],
  ['/shared/:token', SharedWishlist],
  ['/conversations/:id?', Inbox],
  ['/notifications', Notifications],
  ['/people/:id', Person],
  ['/profile', Profile],
  ['/invitations/:id', Invitation],
  ['/sign-in', SignIn],
  ['/auth/confirm', Confirm],
  ['/host', Host],
  ['/host/*', Host],
];

/** Starts loading the page of a path while the texts of every page are still loading. */
export function preload(path: string): void {
  const [, found = NotFound] = pages.find(([route]) => exec(path, route)) ?? [];
  // A failure is reported when the page is shown.
  found.preload().catch(() => {});
}

export function App() {
  return (
    <LocationProvider>
      <a class='skip' href='#main'>{core().shell.skip}</a>
      <Header />
      <main id='main' tabIndex={-1}>
        <ErrorBoundary>
          <Router>
            {pages.map(([path, page]) => <Route path={path} component={page} />)}
            <Route default component={NotFound} />
          </Router>
        </ErrorBoundary>
      </main>
      <Footer />
      <TabBar />
      <Toasts />
    </LocationProvider>
  );
}
