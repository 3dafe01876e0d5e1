import { beforeAll, describe, expect, test } from 'vitest';
import { keys, metricsToken } from '../../local/keys.ts';
import { definitions } from '../../supabase/functions/metrics/definitions.ts';
import { metricsOf } from '../support/metrics.ts';
import { makeStaff, type Person, person } from '../support/people.ts';
import { asPostgres, setClock, testApi, testEdge } from '../support/stack.ts';
import { home } from '../support/stays.ts';
import { hold } from './paying.ts';

// Who may see what of the functions that watch: metrics and health.

let guest: Person;
let staff: Person;

beforeAll(async () => {
  await setClock('2031-05-20T12:00:00Z');
  guest = await person('Grace');
  staff = await person('Sam');
  await makeStaff(staff);
  await hold(await home(), guest);
});

async function get(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const { url } = await testApi();
  const answer = await fetch(`${url}/functions/v1/${path}`, { method, headers });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const strangers = (): Record<string, Record<string, string>> => ({
  nobody: {},
  'the publishable key': { apikey: keys.publishable, ...bearer(keys.publishable) },
  'a guest': bearer(guest.token),
  'one of the staff': bearer(staff.token),
  'a wrong token': bearer('staybase-local-metrics-tokens'),
  'half a token': bearer(metricsToken.slice(0, -1)),
  'an empty token': { authorization: 'Bearer ', apikey: '' },
});
const watchers: Record<string, Record<string, string>> = {
  'the token of the metrics': bearer(metricsToken),
  'the secret key': { apikey: keys.secret },
};

describe('metrics', () => {
  test('are not told to strangers, guests or staff', async () => {
    for (const [who, headers] of Object.entries(strangers())) {
      const { status, text } = await get('metrics', headers);
      expect([who, status, JSON.parse(text).code]).toEqual([who, 401, 'secret_key_required']);
    }
  });

  test.each(Object.entries(watchers))('are told to %s', async (_who, headers) => {
    const { status, text, headers: answered } = await get('metrics', headers);
    expect(status).toBe(200);
    expect(answered.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const samples = metricsOf(text);
    expect(samples.get('staybase_bookings{status="awaiting_payment"}')).toBe(1);
    expect(samples.get('staybase_holds_open')).toBe(1);
    expect(samples.get('staybase_bookings{status="confirmed"}')).toBe(0);
  });

  test('have everything that is defined, once the first job and event were there', async () => {
    await asPostgres('select private.count_differences(1)');
    await asPostgres(`select public.load_exchange_rates(
      'EUR', (private.now() at time zone 'UTC')::date::text, '{"USD": 1.1}', 'A bank')`);
    await asPostgres(`
      insert into private.stripe_events (event_id, type, object_id, outcome, received_at, applied_at)
      values ('evt_1', 'charge.updated', 'ch_1', 'ignored', private.now(), private.now())`);
    const { text } = await get('metrics', watchers['the secret key']);
    const told = new Set([...metricsOf(text).keys()].map((name) => name.replace(/\{.*/, '')));
    expect([...told].toSorted()).toEqual(Object.keys(definitions).toSorted());
    for (const name of told) {
      expect(text).toMatch(new RegExp(`^# HELP ${name} .+\n# TYPE ${name} (gauge|counter)$`, 'm'));
    }
  });

  test('say nothing about a person', async () => {
    const { text } = await get('metrics', watchers['the secret key']);
    const ids = /[0-9a-f]{8}-[0-9a-f]{4}|@|Grace|grace|Sam\b/;
    expect(text).not.toMatch(ids);
  });

  test('are asked for by GET', async () => {
    const { status, headers } = await get('metrics', watchers['the secret key'], 'POST');
    expect([status, headers.get('allow')]).toEqual([405, 'GET']);
  });
});

describe('health', () => {
  test.each(['health', 'health/live', 'health/ready'])(
    'says at /%s to strangers that all is well, and no more',
    async (path) => {
      for (const [who, headers] of Object.entries(strangers())) {
        const { status, text } = await get(path, headers);
        expect([who, status, text]).toEqual([who, 200, '{"status":"ok"}']);
      }
      expect((await get(path, {}, 'HEAD')).status).toBe(200);
    },
  );

  test('tells whoever watches about each part', async () => {
    for (const headers of Object.values(watchers)) {
      const { status, text } = await get('health/ready', headers);
      const { parts } = JSON.parse(text);
      expect(status).toBe(200);
      expect(parts.map(({ part }: { part: string }) => part)).toContain('commands');
      expect(Object.keys(parts[0])).toEqual(['part', 'healthy', 'detail']);
    }
    expect(JSON.parse((await get('health/live', watchers['the secret key'])).text))
      .toEqual({ status: 'ok' });
  });

  test('is live and not ready while the database does not answer, and does not say why', async () => {
    await asPostgres('alter function private.now() rename to later');
    const { functions } = await testEdge();
    const inside = (path: string) =>
      fetch(`${functions.url}/${path}`, { headers: { 'x-staybase-door': functions.door } });
    try {
      // What was found out a moment ago is still believed.
      await expect.poll(async () => (await inside('health/ready')).status).toBe(503);
      const answer = await inside('health/ready');
      expect(await answer.text()).toBe('{"status":"unavailable"}');
      const watched = await get('health/ready', watchers['the secret key']);
      expect([watched.status, watched.text]).toEqual([503, '{"status":"unavailable"}']);
      expect((await inside('health/live')).status).toBe(200);
    } finally {
      await asPostgres('alter function private.later() rename to now');
    }
    await expect.poll(async () => (await inside('health/ready')).status).toBe(200);
  });
});
