import { hostRoutes } from './host/routes.ts';
import { host } from './host/words.ts';
import { core, language } from './i18n/index.ts';
import { warm } from './i18n/plural.ts';
import { matches, notFound, type Part } from './route.ts';
import { routes } from './routes.ts';
import { applyTheme } from './theme.ts';

// Small, and so the first script that runs: it asks for everything that the page needs at once, and while that
// comes does what takes long and needs none of it.

/** A failure is reported when the page is shown. */
const begin = (...loads: (() => Promise<unknown>)[]) =>
  loads.forEach((load) => load().catch(() => {}));

const beginPart = ({ load, words = [] }: Part) => begin(load, ...words.map((each) => each.load));

const path = location.pathname;
applyTheme();
document.documentElement.lang = language;
// The beginning of the header in index.html, as layout/header.tsx has it on this path.
const header = document.querySelector('.site-header');
header?.toggleAttribute('data-full', path === '/search');
header?.removeAttribute('data-early');
void import('./main.tsx');
begin(core.load);
beginPart(routes.find((route) => matches(route.path, path)) ?? notFound);
if (matches('/host/*', path)) {
  const below = path.replace(/^\/host/, '') || '/';
  begin(host.load);
  const found = hostRoutes.find((route) => matches(route.path, below));
  if (found) beginPart(found);
}
// After the requests, of which some are made in a microtask.
setTimeout(warm);
