import { ErrorBoundary } from 'preact-iso/lazy';
import { exec, LocationProvider, Route, Router } from 'preact-iso/router';
import { core } from './i18n/index.ts';
import { Footer } from './layout/footer.tsx';
import { Header, TabBar } from './layout/header.tsx';
import { Toasts } from './kit/toast.tsx';
import { page } from './lazy-page.ts';
import { notFound } from './route.ts';
import { routes } from './routes.ts';

const NotFound = page(notFound.load);
const pages: [path: string, page: typeof NotFound][] = routes.map(({ path, load, words = [] }) => [
  path,
  page(load, ...words),
]);

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
