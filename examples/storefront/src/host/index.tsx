import lazy, { ErrorBoundary } from 'preact-iso/lazy';
import { Route, Router, useLocation } from 'preact-iso/router';
import { core } from '../i18n/index.ts';
import { EmptyState, Loading, Skeleton } from '../kit/index.ts';
import { signInPath, usePage } from '../page.ts';
import { useSession } from '../session.ts';
import './host.css';
import { Me, useCurrentInSight } from './parts.tsx';
import { homes, host } from './words.ts';

await host.load();

const ofHome = <Props,>(
  load: () => Promise<{ default: (props: Props) => preact.JSX.Element | null }>,
) =>
  lazy(async () => {
    const [module] = await Promise.all([load(), homes.load()]);
    return module;
  });

const Today = lazy(() => import('./today.tsx'));
const Bookings = lazy(() => import('./bookings.tsx'));
const Booking = lazy(() => import('./booking.tsx'));
const Calendar = ofHome(() => import('./calendar.tsx'));
const Homes = ofHome(() => import('./homes/list.tsx'));
const NewHome = ofHome(() => import('./homes/new.tsx'));
const Home = ofHome(() => import('./homes/home.tsx'));
const Money = lazy(() => import('./money.tsx'));
const Reviews = lazy(() => import('./reviews.tsx'));
const NotFound = lazy(() => import('../pages/not-found.tsx'));

/** All below /host: for whoever is signed in, since who hosts nothing yet begins here. */
export default function Host() {
  const { ready, user } = useSession();
  if (!ready) {
    return (
      <div class='page'>
        <Loading>
          <Skeleton height='400px' />
        </Loading>
      </div>
    );
  }
  if (!user) return <Welcome />;
  return (
    <Me.Provider value={user}>
      <HostNavigation />
      <ErrorBoundary>
        <Router>
          <Route path='/' component={Today} />
          <Route path='/bookings' component={Bookings} />
          <Route path='/bookings/:id' component={Booking} />
          <Route path='/calendar' component={Calendar} />
          <Route path='/homes' component={Homes} />
          <Route path='/homes/new' component={NewHome} />
          <Route path='/homes/:id/:step?' component={Home} />
          <Route path='/money' component={Money} />
          <Route path='/reviews' component={Reviews} />
          <Route default component={NotFound} />
        </Router>
      </ErrorBoundary>
    </Me.Provider>
  );
}

function Welcome() {
  usePage(core().shell.hosting);
  const words = host().welcome;
  return (
    <div class='page'>
      <h1>{words.title}</h1>
      <EmptyState
        icon='home'
        title={words.signIn}
        text={words.text}
        action={{ href: signInPath('/host'), text: core().shell.signIn }}
      />
    </div>
  );
}

function HostNavigation() {
  const { path } = useLocation();
  const words = host().navigation;
  const ref = useCurrentInSight(path);
  const ways: [string, string][] = [
    ['/host', words.today],
    ['/host/bookings', words.bookings],
    ['/host/calendar', words.calendar],
    ['/host/homes', words.homes],
    ['/host/money', words.money],
    ['/host/reviews', words.reviews],
  ];
  const isAt = (href: string) =>
    href === '/host'
      ? path.replace(/\/$/, '') === href
      : path === href || path.startsWith(`${href}/`);
  return (
    <nav ref={ref} class='host-nav' aria-label={words.label}>
      <div class='tabs'>
        {ways.map(([href, text]) => (
          <a key={href} href={href} aria-current={isAt(href) ? 'page' : undefined}>{text}</a>
        ))}
      </div>
    </nav>
  );
}
