import { lazy, Route, Router, useLocation } from 'preact-iso';
import { useEffect, useState } from 'preact/hooks';
import { groups, pages } from './pages.ts';
import { base, Page } from './parts/show.tsx';
import { Announcements } from './parts/toast.tsx';
import { useHere } from './session.tsx';
import { ThemeButton } from './theme.tsx';
import { useKeys } from './keys.ts';

const idIn = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

/** The target of a search: an id leads to its booking or person, words lead to people. */
function Search() {
  const { route } = useLocation();
  const search = (event: SubmitEvent) => {
    event.preventDefault();
    const words = String(
      new FormData(event.currentTarget as HTMLFormElement).get('words'),
    ).trim();
    const id = words.match(idIn)?.[0].toLowerCase();
    if (id !== undefined) route(`${base}/find/${id}`);
    else if (words !== '') {
      route(`${base}/people?words=${encodeURIComponent(words)}`);
    }
  };
  return (
    <form role='search' onSubmit={search}>
      <input
        id='search'
        name='words'
        type='search'
        aria-label='Find a booking by its id, or a person by name, e-mail or id'
        placeholder='Booking, person  ( / )'
      />
    </form>
  );
}

export function Shell({ email }: { email: string }) {
  const { path, url } = useLocation();
  const { signOut } = useHere();
  const [isOpen, setOpen] = useState(false);
  useKeys();
  useEffect(() => setOpen(false), [url]);
  const current = pages.find(({ path: of }) => path === `${base}${of}`) ??
    pages.find(({ path: of }) => of !== '/' && path.startsWith(`${base}${of}/`)) ?? pages[0];
  useEffect(() => {
    document.title = `${current?.title ?? 'Console'} · Console`;
  }, [current]);
  return (
    <>
      <a class='skip' href='#main'>Skip to content</a>
      <header class='top'>
        <button
          type='button'
          class='menu'
          aria-expanded={isOpen}
          aria-controls='pages'
          onClick={() => setOpen(!isOpen)}
        >
          Menu
        </button>
        <a class='brand' href={`${base}/`}>Console</a>
        <Search />
        <span class='who' title={email}>{email}</span>
        <ThemeButton />
        <button type='button' onClick={signOut}>Sign out</button>
      </header>
      <nav id='pages' aria-label='Pages' class={isOpen ? 'open' : undefined}>
        {groups.map((group) => (
          <div key={group}>
            <p class='group'>{group}</p>
            <ul>
              {pages.filter((page) => page.group === group).map((
                { path: to, title },
              ) => (
                <li key={to}>
                  <a
                    href={`${base}${to}`}
                    aria-current={current?.path === to ? 'page' : undefined}
                  >
                    {title}
                  </a>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <main id='main' tabIndex={-1}>
        <Router>
          {routes.map(({ path, component }) => (
            <Route key={path} path={path} component={component} />
          ))}
          <Route default component={Lost} />
        </Router>
      </main>
      <Announcements />
    </>
  );
}

const routes = pages.flatMap(({ path, load, details = [] }) => [
  { path: `${base}${path}`, component: lazy(load) },
  ...details.map((detail) => ({
    path: `${base}${detail.path}`,
    component: lazy(detail.load),
  })),
]);

const Lost = () => (
  <Page title='Page not found'>
    See the menu for all pages.
  </Page>
);
