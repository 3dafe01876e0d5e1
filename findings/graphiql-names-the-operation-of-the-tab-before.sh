#!/bin/sh
# GraphiQL 3.9.0 (npm package graphiql@3.9.0, with react@18.3.1) reads the operations of a document 100 ms after
# it changed. Who opens another tab and executes before that sends the new tab's document with the operation name
# of the tab before, which the document does not have: a server must refuse it ("Unknown operation named").
#
# Opens two tabs with a document each, in Debian's chromium, and prints what the fetcher is given: for the first
# tab, for the second at once, and for the second after a second.
#
# Seen on 29 November 2026:
#   graphiql 3.9.0
#   first tab: First for query First { a }
#   second tab, at once: First for query Second { b }
#   second tab, later: Second for query Second { b }
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --no-audit --no-fund --loglevel=error --ignore-scripts graphiql@3.9.0 react@18.3.1 react-dom@18.3.1 \
  graphql@16.15.0 playwright-core@1.65.1 > /dev/null

cat > tabs.mjs <<'JS'
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
const require = createRequire(import.meta.url);
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu'],
  timeout: 0,
});
const page = await browser.newPage();
page.setDefaultTimeout(0);
await page.setContent('<!doctype html><div id="root" style="height: 600px"></div>');
for (const file of ['react/umd/react.production.min.js', 'react-dom/umd/react-dom.production.min.js', 'graphiql/graphiql.min.js']) {
  await page.addScriptTag({ path: `node_modules/${file}` });
}
console.log('graphiql', require('graphiql/package.json').version);
const sent = await page.evaluate(async () => {
  const sent = [];
  const kept = new Map();
  const storage = {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => void kept.set(name, value),
    removeItem: (name) => void kept.delete(name),
    clear: () => kept.clear(),
    get length() { return kept.size; },
  };
  const fetcher = async ({ query, operationName }) => {
    if (!/__schema/.test(query)) sent.push(`${operationName} for ${query}`);
    return { data: {} };
  };
  ReactDOM.createRoot(document.getElementById('root')).render(React.createElement(GraphiQL, {
    fetcher,
    storage,
    schema: null,
    defaultTabs: [{ query: 'query First { a }' }, { query: 'query Second { b }' }],
  }));
  const wait = (milliseconds) => new Promise((wake) => setTimeout(wake, milliseconds));
  const until = async (holds) => { while (!holds()) await wait(20); };
  const all = (selector) => [...document.querySelectorAll(selector)];
  const execute = () => document.querySelector('.graphiql-execute-button').click();
  const known = () =>
    document.querySelector('.graphiql-query-editor .CodeMirror')?.CodeMirror.operations?.[0]?.name.value;

  await until(() => all('.graphiql-tab-button').length === 2 && known() === 'First');
  await wait(1000);
  execute();
  await until(() => sent.length === 1);
  await wait(1000);
  // Nothing but microtasks between the two clicks.
  all('.graphiql-tab-button')[1].click();
  await null;
  execute();
  await until(() => sent.length === 2);
  await wait(1000);
  execute();
  await until(() => sent.length === 3);
  return sent;
});
['first tab', 'second tab, at once', 'second tab, later'].forEach((which, at) => console.log(`${which}: ${sent[at]}`));
await browser.close();
JS
node tabs.mjs | tee seen.txt
cat > expected.txt <<'TEXT'
graphiql 3.9.0
first tab: First for query First { a }
second tab, at once: First for query Second { b }
second tab, later: Second for query Second { b }
TEXT
diff expected.txt seen.txt
