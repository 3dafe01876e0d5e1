import { defineConfig, loadEnv, type Plugin } from 'vite';
import described from './package.json' with { type: 'json' };

/** A path relative to this file; `pathname` alone has %20 for a space. */
const path = (of: string) => decodeURIComponent(new URL(of, import.meta.url).pathname);

/** Writes the name of the site, `displayName` of package.json, into the page. */
const siteName: Plugin = {
  name: 'site-name',
  transformIndexHtml: (html) =>
    html.replaceAll(
      '%SITE_NAME%',
      () => described.displayName.replaceAll('&', '&amp;').replaceAll('<', '&lt;'),
    ),
};

const settings = /<script type="application\/json" id="settings">[^<]*<\/script>/;

/** In development, takes the settings of the running local stack from the page that it serves. */
const settingsOfTheStack = (env: Record<string, string>): Plugin => ({
  name: 'settings-of-the-stack',
  apply: 'serve',
  async transformIndexHtml(html) {
    if (env['VITE_STAYBASE_URL']) return html;
    const stack = `http://127.0.0.1:${Number(env['STAYBASE_PORT'] ?? 54321) + 6}/`;
    const page = await fetch(stack).then((answer) => answer.text(), () => '');
    const found = settings.exec(page)?.[0];
    if (found === undefined) {
      console.warn(
        `There is no stack at ${stack}. Start it with npm start, or set VITE_STAYBASE_URL and VITE_STAYBASE_KEY.`,
      );
      return html;
    }
    return html.replace(settings, () => found);
  },
});

/** Names what every page begins with in the page, so that it comes together with the script that asks for it. */
const baseInThePage: Plugin = {
  name: 'base-in-the-page',
  transformIndexHtml: {
    order: 'post',
    handler(_html, { bundle = {} }) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
        .filter(({ name }) => name === 'base' || name === 'main');
      const link = (rel: string, file: string) => ({
        tag: 'link',
        injectTo: 'head' as const,
        attrs: { rel, crossorigin: true, href: `/${file}` },
      });
      return chunks.flatMap(({ fileName, viteMetadata }) => [
        link('modulepreload', fileName),
        ...[...viteMetadata?.importedCss ?? []].map((file) => link('stylesheet', file)),
      ]);
    },
  },
};

/** Few files: each is a request, and a browser asks for six at a time. What every page begins with is one. */
const start = { name: 'start', tags: ['$initial' as const], priority: 4 };
const base = { name: 'base', test: /\/src\/main\.tsx$/, priority: 3 };
const ofHosts = { name: 'hosting', test: /\/src\/host\//, minShareCount: 3, priority: 2 };
const ofMaps = { name: 'map', test: /\/leaflet\/|\/src\/map\//, minShareCount: 2, priority: 2 };
const shared = { name: 'shared', minShareCount: 4, priority: 1 };

export default defineConfig(({ mode }) => ({
  base: '/',
  plugins: [
    siteName,
    baseInThePage,
    settingsOfTheStack(loadEnv(mode, path('.'), ['VITE_', 'STAYBASE_'])),
  ],
  resolve: {
    alias: [
      // Not an npm workspace: findings/deno-wants-the-package-json-of-a-workspace.sh.
      { find: '@staybase/client', replacement: path('../../packages/client/src/index.ts') },
      // The exact name only: src/realtime.ts loads the real one by its path.
      { find: /^@supabase\/realtime-js$/, replacement: path('src/realtime.ts') },
    ],
  },
  // The same host as the stack's: only then is it same-site with the fake Stripe.
  server: { host: '127.0.0.1' },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: { codeSplitting: { groups: [start, base, ofHosts, ofMaps, shared] } },
    },
  },
}));
