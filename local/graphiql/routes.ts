import { Hono } from 'hono';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { demoPassword, demoPeople } from '../demo-people.ts';
import { framedByOurs } from '../loopback.ts';
import { keys } from '../keys.ts';
import { inProject } from '../paths.ts';

/**
 * GraphiQL at `/graphiql`, to ask the graph as one of the demo people: a part of the local stack alone,
 * which no deployment has. Everything comes from files of this machine, and the policy lets the page
 * reach nothing else.
 */
export function graphiqlRoutes(): Hono {
  return new Hono()
    .use(async (c, next) => {
      await next();
      for (const [name, value] of Object.entries(headers)) c.header(name, value);
    })
    .get('/', (c) => c.html(page()))
    .get('/:file', (c) => {
      const [type, path] = files[c.req.param('file')] ?? [];
      if (type === undefined || path === undefined) return c.notFound();
      return c.body(readFileSync(path(), 'utf8'), 200, { 'content-type': type });
    });
}

/** In this order, and whom to be. */
const hints: Record<string, string> = {
  'search.graphql': 'Works for everyone. The homes that are free, each\n' +
    'with its host, a photo and the latest reviews.',
  'home.graphql': 'Works for everyone. Everything that the page of a\nhome shows.',
  'trip.graphql': 'Sign in as Ada, a guest. A confirmed stay shows\nthe address.',
  'hosting.graphql':
    'Sign in as Grace or Hedy, who are hosts. Guests\nsee the stays that they booked.',
  'inbox.graphql':
    'Sign in as Ada, Alan, Grace or Hedy. Each\nconversation with its latest messages.',
  'book.graphql': 'Everyone can get the quote; sign in as Ada or Alan\n' +
    "to book. The nights are free, the total is the quote's.\nSending Book again returns the same booking.",
};

/** What the tabs open with: the documents that the function knows by their hash. */
export function readyDocuments(): string[] {
  const folder = inProject('supabase', 'functions', 'graphql', 'documents');
  const order = Object.keys(hints);
  const files = readdirSync(folder).filter((file) => file.endsWith('.graphql'));
  return files.toSorted((one, other) => order.indexOf(one) - order.indexOf(other)).map((file) =>
    (hints[file] ?? '').replace(/^.+\n?/gm, (line) => `# ${line.trim()}\n`) +
    readFileSync(join(folder, file), 'utf8')
  );
}

const own = (...parts: string[]) => join(import.meta.dirname, ...parts);
const packaged = (name: string, ...parts: string[]) =>
  join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), ...parts);

const script = 'text/javascript; charset=utf-8';
const style = 'text/css; charset=utf-8';
/** Where each file of the page lies, looked up when it is asked for. */
const files: Record<string, [type: string, path: () => string]> = {
  'page.js': [script, () => own('page.js')],
  'page.css': [style, () => own('page.css')],
  'graphiql.js': [script, () => packaged('graphiql', 'graphiql.min.js')],
  'graphiql.css': [style, () => packaged('graphiql', 'graphiql.min.css')],
  'react.js': [script, () => packaged('react', 'umd', 'react.production.min.js')],
  'react-dom.js': [script, () => packaged('react-dom', 'umd', 'react-dom.production.min.js')],
};

const headers = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    // The editor measures its lines with styles of its own; fonts are in the style sheet.
    "style-src 'self' 'unsafe-inline'",
    'font-src data:',
    'img-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    framedByOurs['content-security-policy'],
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
};

function page(): string {
  const settings = {
    key: keys.publishable,
    password: demoPassword,
    people: demoPeople,
    documents: readyDocuments(),
  };
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>GraphiQL</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/graphiql/graphiql.css">
<link rel="stylesheet" href="/graphiql/page.css">
<header>
  <label>Sign in as <select id="person"></select></label>
  <output id="signed-in"></output>
</header>
<main id="graphiql"></main>
<script type="application/json" id="settings">${
    JSON.stringify(settings).replaceAll('<', '\\u003c')
  }</script>
<script src="/graphiql/react.js"></script>
<script src="/graphiql/react-dom.js"></script>
<script src="/graphiql/graphiql.js"></script>
<script src="/graphiql/page.js" type="module"></script>
</html>
`;
}
