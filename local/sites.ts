import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { framedByOurs } from './loopback.ts';
import { inProject } from './paths.ts';

/** A static site, built by Vite. */
export interface Site {
  /** Its folder, absolute. */
  folder: string;
  /** The path it is served under, with a slash at both ends. */
  base: string;
}

export const consoleSite: Site = { folder: inProject('console'), base: '/console/' };

const built = ({ folder }: Site, ...parts: string[]) => join(folder, 'dist', ...parts);

/** The sources of a site: its own files, and those it imports from the project. */
const sourcesOf = ({ folder }: Site): string[] =>
  [`${folder}/{src,public}/**/*`, `${folder}/*.*`, inProject('packages/*/src/**/*')]
    .flatMap((pattern) => globSync(pattern))
    .concat(inProject('types', 'database.ts'));

/** Builds a site if one of its sources is newer than the build. A Docker image contains the build, without the tools. */
export async function buildSite(site: Site): Promise<void> {
  const index = built(site, 'index.html');
  const isCurrent = existsSync(index) && (
    !existsSync(join(site.folder, 'src')) ||
    sourcesOf(site).every((file) => statSync(file).mtimeMs <= statSync(index).mtimeMs)
  );
  if (isCurrent) return;
  const { build } = await import('vite');
  await build({ root: site.folder, logLevel: 'warn' });
}

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/**
 * Serves a site that was built, to be mounted where `base` says. Each path that is no file is a page of it.
 * @param settings written into the page, for its `settings.ts`
 * @param sources what the page may reach beside itself, by the directives of its policy (`connect-src`, ...)
 */
export function siteRoutes(
  site: Site,
  settings: () => Record<string, unknown>,
  sources: () => Record<string, string[]> = () => ({}),
): Hono {
  const files = new Set(
    globSync('**/*', { cwd: built(site), withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  /** What never changes is compressed once, not for each visitor. */
  const packedFiles = new Map<string, Buffer<ArrayBuffer>>();
  return new Hono()
    .use(compress())
    .get('/*', (c) => {
      const path = built(site, `/${c.req.path}`.slice(site.base.length));
      c.header('x-content-type-options', 'nosniff');
      c.header('referrer-policy', 'strict-origin-when-cross-origin');
      if (files.has(path) && !path.endsWith('index.html')) {
        const isNamedByItsContent = path.startsWith(built(site, 'assets'));
        const headers = {
          'content-type': types[extname(path)] ?? 'application/octet-stream',
          'cache-control': isNamedByItsContent ? 'max-age=31536000, immutable' : 'no-cache',
        };
        const accepts = c.req.header('accept-encoding')?.includes('gzip') ?? false;
        if (!accepts || !isNamedByItsContent || !/\.(css|js)$/.test(path)) {
          return c.body(readFileSync(path), 200, headers);
        }
        const packed = packedFiles.get(path) ?? gzipSync(readFileSync(path));
        packedFiles.set(path, packed);
        return c.body(packed, 200, {
          ...headers,
          'content-encoding': 'gzip',
          vary: 'accept-encoding',
        });
      }
      if (extname(path) !== '' && extname(path) !== '.html') return c.notFound();
      return c.html(pageOf(site, settings()), 200, {
        'cache-control': 'no-cache',
        'content-security-policy': policy(sources()),
      });
    });
}

function pageOf(site: Site, settings: Record<string, unknown>): string {
  const json = JSON.stringify(settings).replaceAll('<', '\\u003c');
  return readFileSync(built(site, 'index.html'), 'utf8')
    .replace(/(<script type="application\/json" id="settings">)[^<]*/, (_, tag) => tag + json);
}

/** A policy that allows only the site itself and the given sources, and forbids framing by other sites. */
function policy(more: Record<string, string[]>): string {
  const own: Record<string, string[]> = {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'img-src': ["'self'", 'data:', 'blob:'],
    'font-src': ["'self'"],
    'connect-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
  };
  const directives = { ...own };
  for (const [name, sources] of Object.entries(more)) {
    directives[name] = [...(own[name] ?? []), ...sources];
  }
  return [
    ...Object.entries(directives).map(([name, sources]) => `${name} ${sources.join(' ')}`),
    framedByOurs['content-security-policy'],
  ].join('; ');
}
