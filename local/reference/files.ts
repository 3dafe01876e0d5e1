import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { inProject } from '../paths.ts';

const own = (...parts: string[]) => join(import.meta.dirname, ...parts);
const packaged = (...parts: string[]) =>
  join(
    dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json')),
    ...parts,
  );

const script = 'text/javascript; charset=utf-8';
const style = 'text/css; charset=utf-8';
const text = 'text/plain; charset=utf-8';

export interface ServedFile {
  type: string;
  read(): string;
}

const file = (type: string, path: string): ServedFile => ({
  type,
  read: () => readFileSync(path, 'utf8'),
});

/** Files next to the page, by path; guides as Markdown. */
export function filesBeside(): Record<string, ServedFile> {
  const guides = readdirSync(inProject('docs', 'guides')).filter((name) => name.endsWith('.md'));
  return {
    'page.js': file(script, own('page.js')),
    'page.css': file(style, own('page.css')),
    'swagger-ui.js': file(script, packaged('swagger-ui-bundle.js')),
    'swagger-ui.css': file(style, packaged('swagger-ui.css')),
    'schema.graphql': file(text, inProject('supabase', 'functions', 'graphql', 'schema.graphql')),
    ...Object.fromEntries(
      ['api', 'auth', 'errors', 'functions'].map((name) => [
        `${name}.md`,
        file(text, inProject('docs', `${name}.md`)),
      ]),
    ),
    ...Object.fromEntries(
      guides.map((name) => [`guides/${name}`, file(text, inProject('docs', 'guides', name))]),
    ),
  };
}

/** The document with the servers that the page can ask. */
export function documentFor(servers: { url: string; description: string }[] | undefined): string {
  const document = JSON.parse(readFileSync(inProject('docs', 'openapi.json'), 'utf8'));
  if (servers !== undefined) document.servers = servers;
  return JSON.stringify(document);
}

interface Settings {
  /** With these, the page signs in as one of the people of the town. */
  key?: string;
  password?: string;
  people?: readonly { name: string; email: string; is: string }[];
}

/** Links to other views of the same API, by URL. */
export interface Link {
  href: string;
  says: string;
}

export function page(settings: Settings, links: Link[]): string {
  const json = JSON.stringify(settings).replaceAll('<', '\\u003c');
  const person = settings.people === undefined ? '' : `
  <label>Try it as <select id="person"></select></label>
  <output id="signed-in">signed out</output>`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>API reference of Staybase</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="swagger-ui.css">
<link rel="stylesheet" href="page.css">
<header class="bar">
  <strong>Staybase API</strong>${person}
  <nav aria-label="Beside this">${
    links.map(({ href, says }) => `\n    <a href="${href}">${says}</a>`).join('')
  }
  </nav>
</header>
<main id="reference"></main>
<script type="application/json" id="settings">${json}</script>
<script src="swagger-ui.js"></script>
<script src="page.js" type="module"></script>
</html>
`;
}

/** A minimal policy: the page can connect only to the given servers. */
export const policy = (connect: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
