import { openKeyCheck, openWatcherCheck } from '../../../supabase/functions/_shared/auth.ts';
import type { Problem } from '../../../supabase/functions/_shared/problem.ts';
import health from '../../../supabase/functions/health/index.ts';
import metrics from '../../../supabase/functions/metrics/index.ts';
import { assertEquals, assertMatch, assertRejects } from './assert.ts';
import { asked, logOf, noKeys, withSettings } from './settings.ts';

const goodToken = 'a-token-of-20-chars!';

Deno.test('a token of the metrics has 20 characters, and one that is shorter opens nothing', async () => {
  for (const METRICS_TOKEN of ['x', goodToken.slice(1), ` ${goodToken.slice(1)} `]) {
    await withSettings(
      { ...noKeys, SUPABASE_SECRET_KEY: 'sb_secret_1', METRICS_TOKEN },
      async () => {
        const problem = await assertRejects(
          async () => await openWatcherCheck()(asked()),
          'not_configured',
        );
        assertEquals((problem as Problem).detail, 'METRICS_TOKEN has fewer than 20 characters.');
      },
    );
  }
  assertEquals(goodToken.length, 20);
});

Deno.test('the metrics are opened by their token and the secret key, whole and to the letter', async () => {
  const settings = { ...noKeys, SUPABASE_SECRET_KEY: 'sb_secret_1', METRICS_TOKEN: goodToken };
  await withSettings(settings, async () => {
    const isWatcher = openWatcherCheck();
    const bearer = (token: string) => asked({ headers: { authorization: `Bearer ${token}` } });
    assertEquals(await isWatcher(bearer(goodToken)), true);
    assertEquals(await isWatcher(asked({ headers: { apikey: 'sb_secret_1' } })), true);
    const others = [
      '',
      goodToken.slice(0, -1),
      `${goodToken}!`,
      goodToken.toUpperCase(),
      ...[...goodToken].map((_, at) => `${goodToken.slice(0, at)}~${goodToken.slice(at + 1)}`),
      // So many that of each byte of the digest some share it.
      ...Array.from({ length: 2000 }, (_, n) => `${goodToken.slice(0, -4)}${1000 + n}`),
    ];
    for (const other of others) assertEquals(await isWatcher(bearer(other)), false, other);
    // It opens nothing else.
    await assertRejects(() => openKeyCheck()(bearer(goodToken)), 'secret_key_required');
  });
  for (const METRICS_TOKEN of [undefined, '', '  ']) {
    await withSettings({ ...settings, METRICS_TOKEN }, async () => {
      const isWatcher = openWatcherCheck();
      for (const headers of [{}, { apikey: '' }, { authorization: 'Bearer ' }, { apikey: '  ' }]) {
        assertEquals(await isWatcher(asked({ headers: headers as Record<string, string> })), false);
      }
    });
  }
});

Deno.test('a token that is too short closes the metrics, and the marketplace stays ready', async () => {
  const part = { part: 'commands', healthy: true, detail: 'all done' };
  const api = Deno.serve(
    { port: 0, hostname: '127.0.0.1', onListen: () => {} },
    (request) =>
      Response.json(
        request.url.endsWith('/clock_now') ? '2031-05-20T12:00:00+00:00' : [part],
      ),
  );
  const settings = {
    ...noKeys,
    SUPABASE_URL: `http://127.0.0.1:${api.addr.port}`,
    SUPABASE_SECRET_KEY: 'sb_secret_1',
    SUPABASE_PUBLISHABLE_KEY: 'sb_publishable_1',
    METRICS_TOKEN: 'short',
  };
  const get = async (edge: typeof health, headers: Record<string, string> = {}) => {
    const answer = await edge.fetch(new Request('http://functions/health/ready', { headers }));
    return [answer.status, await answer.text()] as const;
  };
  try {
    await withSettings(settings, async () => {
      const lines = await logOf(async () => {
        for (const headers of [{}, { authorization: 'Bearer short' }, { apikey: 'sb_secret_1' }]) {
          assertEquals(await get(health, headers as Record<string, string>), [
            200,
            '{"status":"ok"}',
          ]);
        }
        const [status, text] = await get(metrics, { apikey: 'sb_secret_1' });
        assertEquals([status, JSON.parse(text).code], [500, 'not_configured']);
      });
      // Whoever operates it reads why the parts are not told.
      for (const line of lines) assertMatch(line, /METRICS_TOKEN has fewer than 20 characters/);
      assertEquals(lines.length, 4);
    });
    // Once the setting is right the parts are told, without a new start.
    await withSettings({ ...settings, METRICS_TOKEN: goodToken }, async () => {
      await logOf(async () => {
        assertEquals(
          await get(health, { authorization: `Bearer ${goodToken}` }),
          [200, JSON.stringify({ status: 'ok', parts: [part] })],
        );
        assertEquals(await get(health), [200, '{"status":"ok"}']);
      });
    });
  } finally {
    await api.shutdown();
  }
});
