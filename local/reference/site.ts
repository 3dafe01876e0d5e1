import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { documentFor, filesBeside, page } from './files.ts';

/** Writes a folder that any web server can show: the page with all that it needs, and no demo people. */
export function writeSite(folder: string): void {
  const links = [
    { href: 'guides/README.md', says: 'Guides' },
    { href: 'errors.md', says: 'Errors' },
    { href: 'schema.graphql', says: 'GraphQL schema' },
    { href: 'openapi.json', says: 'openapi.json' },
  ];
  const files: Record<string, string> = {
    'index.html': page({}, links),
    'openapi.json': documentFor(undefined),
    ...Object.fromEntries(
      Object.entries(filesBeside()).map(([name, file]) => [name, file.read()]),
    ),
  };
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}
