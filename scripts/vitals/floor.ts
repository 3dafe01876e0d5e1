import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Measured } from './pages.ts';

const words = (from: number) =>
  Array.from({ length: 800 }, (_, at) => `word${(at * 7 + from) % 97}`).join(' ');

const page = `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>Words</title>
  <link rel="icon" href="data:,">
  <main>
    <h1>Words</h1>
    <button type="button">Other words</button>
    <p>${words(0)}</p>
    <p hidden>${words(1)}</p>
  </main>
  <script>
    document.querySelector('button').onclick = () => {
      for (const text of document.querySelectorAll('p')) text.hidden = !text.hidden;
    };
  </script>
</html>
`;

/** What the browser itself takes on a machine: hardly a page that draws itself anew can be faster. */
export const floor: Measured = {
  name: 'a page of words with a button',
  site: 'floor',
  path: '/',
  async act(page) {
    await page.getByRole('button').click();
  },
};

/** Serves that page, at an address of its own. */
export async function serveFloor(): Promise<{ url: string; stop(): void }> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8').end(page);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // It keeps nobody waiting.
  server.unref();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
