import { defineConfig } from 'vite';

export default defineConfig({
  base: '/console/',
  // Not an npm workspace: findings/deno-wants-the-package-json-of-a-workspace.sh.
  resolve: {
    alias: {
      '@staybase/client': new URL('../packages/client/src/index.ts', import.meta.url).pathname,
    },
  },
  build: { target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
