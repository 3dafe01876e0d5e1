import { booking, home, homeWithLists, inbox, type Query } from '@staybase/client';
import { exec } from 'preact-iso/router';
import { cache, staybase } from './api.ts';
import { tripDetails } from './pages/trips/queries.ts';
import { isFlexible, searchFrom } from './pages/search/criteria.ts';
import { popularHomes } from './pages/popular.ts';
import { screenOf } from './pages/search/queries.ts';
import { actionsOf } from './stay/actions.ts';

type Asked = (id: string, isSignedIn: boolean) => Query<unknown>[];

/** The first page of the search that the address says; prices by days are asked by the page. */
function searched(): Query<unknown>[] {
  const search = searchFrom(Object.fromEntries(new URLSearchParams(location.search)));
  return isFlexible(search) ? [] : [screenOf(search)];
}

/** What pages ask first, but those of hosts (host/index.tsx). */
const asked: [path: string, Asked][] = [
  ['/', () => [popularHomes()]],
  ['/search', searched],
  ['/homes/:id', (id, isSignedIn) => [(isSignedIn ? homeWithLists : home)(staybase, id)]],
  [
    '/bookings/:id',
    (id, isSignedIn) => isSignedIn ? [booking(staybase, id), tripDetails(id), actionsOf(id)] : [],
  ],
  ['/conversations', (_, isSignedIn) => isSignedIn ? [inbox(staybase)] : []],
];

/** Asks what a page is going to ask, while its script is still loading; the page finds it in the cache. */
export async function askAhead(path: string): Promise<void> {
  for (const [route, queries] of asked) {
    const found = exec(path, route);
    if (!found) continue;
    const { data } = await staybase.auth.getSession();
    for (const query of queries(found.params['id'] ?? '', data.session !== null)) {
      // The page finds the error in the cache, and shows it.
      cache.load(query).catch(() => {});
    }
  }
}
