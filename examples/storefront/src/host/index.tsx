import { ErrorBoundary } from 'preact-iso/lazy';
import { exec, Route, Router, useLocation } from 'preact-iso/router';
import { cache, staybase } from '../api.ts';
import { core } from '../i18n/index.ts';
import { EmptyState, Loading, Skeleton } from '../kit/index.ts';
import { page } from '../lazy-page.ts';
import { signInPath, usePage } from '../page.ts';
import { notFound } from '../route.ts';
import { useSession } from '../session.ts';
import { calendarsNow } from './calendars.ts';
import './host.css';
import { Me, useCurrentInSight } from './parts.tsx';
import { hostRoutes } from './routes.ts';
import { host } from './words.ts';

const NotFound = page(notFound.load);
const pages: [path: string, page: typeof NotFound][] = hostRoutes.map((
  { path, load, words = [] },
) => [path, page(load, ...words)]);

// Loads with the words, before it is known who is signed in; a failure is reported when it is shown.
const path = location.pathname.replace(/^\/host/, '') || '/';
pages.find(([route]) => exec(path, route))?.[1].preload().catch(() => {});
if (path === '/calendar') void askAhead();
await host.load();

/** Asks what the calendar is going to ask, while its script is loading. The page finds it in the cache. */
async function askAhead(): Promise<void> {
  const { data } = await staybase.auth.getSession();
  if (data.session) cache.load(calendarsNow()).catch(() => {});
}

/** Everything under /host: for anyone signed in, since new hosts begin here. */
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
          {pages.map(([path, page]) => <Route key={path} path={path} component={page} />)}
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
          <a
            key={href}
            href={href}
            aria-current={isAt(href) ? 'page' : undefined}
          >
            {text}
          </a>
        ))}
      </div>
    </nav>
  );
}
