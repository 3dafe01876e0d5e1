import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { keys } from '../../local/keys.ts';
import { type Person, person } from '../support/people.ts';
import { asPostgres, functionLines, serverLines, testApi } from '../support/stack.ts';
import { call } from './paying.ts';

// One id leads from the answer to the log of the function and to the log of the database.

let grace: Person;

beforeAll(async () => {
  grace = await person('Grace');
});

const entriesOf = (id: string): Record<string, unknown>[] =>
  functionLines().filter((line) => line.includes(id)).map((line) => JSON.parse(line));

const tokenOf = () => ({ authorization: `Bearer ${grace.token}` });

test('the id that came along is in the answer and in the logs of function and database', async () => {
  const id = `test-${randomUUID()}`;
  const { status, headers } = await call('create-payment', {
    headers: { ...tokenOf(), 'x-request-id': id },
    body: JSON.stringify({ booking_id: randomUUID() }),
  });
  expect([status, headers.get('x-request-id')]).toEqual([404, id]);
  expect(headers.get('access-control-expose-headers')).toContain('x-request-id');
  await expect.poll(() => entriesOf(id)).toEqual([{
    at: expect.any(String),
    level: 'info',
    function: 'create-payment',
    request_id: id,
    method: 'POST',
    status: 404,
    duration_ms: expect.any(Number),
    booking_id: expect.any(String),
    code: 'booking_not_found',
  }]);
  await expect.poll(() => serverLines().filter((line) => line.includes(id)).join('\n'))
    .toMatch(new RegExp(`staybase ${id} \\[\\d+\\] ERROR: +booking_not_found`));
});

test('a request that names none gets one of its own', async () => {
  const [one, other] = await Promise.all(
    [1, 2].map(() => call('create-payment', { headers: tokenOf(), body: '{}' })),
  );
  const ids = [one, other].map((answer) => answer?.headers.get('x-request-id') ?? '');
  expect(new Set(ids).size).toBe(2);
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    await expect.poll(() => entriesOf(id)).toHaveLength(1);
  }
});

test.each(['x'.repeat(51), 'a b', 'a"b', '<a>', 'a=%0a'])('%s is no id', async (bad) => {
  const { headers } = await call('create-payment', { headers: { 'x-request-id': bad } });
  expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

test('what a function logs on its way carries the id too', async () => {
  await asPostgres(`
    insert into private.stripe_events (event_id, type, object_id, received_at)
    values ('evt_lost', 'charge.updated', 'ch_lost', private.now() - interval '2 hours')`);
  const id = `test-${randomUUID()}`;
  await call('run-commands', { headers: { apikey: keys.secret, 'x-request-id': id } });
  await expect.poll(() => entriesOf(id).map(({ level, event }) => [level, event]))
    .toEqual([['warn', 'evt_lost'], ['info', undefined]]);
  expect(new Set(entriesOf(id).map((entry) => entry.function))).toEqual(new Set(['run-commands']));
});

test('requests at the same time keep their ids apart', async () => {
  const ids = Array.from({ length: 8 }, () => `test-${randomUUID()}`);
  const bookings = ids.map(() => randomUUID());
  await Promise.all(ids.map((id, place) =>
    call('create-payment', {
      headers: { ...tokenOf(), 'x-request-id': id },
      body: JSON.stringify({ booking_id: bookings[place] }),
    })
  ));
  for (const [place, id] of ids.entries()) {
    await expect.poll(() => entriesOf(id).map((entry) => entry.booking_id))
      .toEqual([bookings[place]]);
  }
});

test('REST and the graph name the session of the database, and give the name back', async () => {
  const id = `test-${randomUUID()}`;
  const { url } = await testApi();
  const headers = {
    apikey: keys.publishable,
    'x-request-id': id,
    'content-type': 'application/json',
    ...tokenOf(),
  };
  const rest = await fetch(`${url}/rest/v1/rpc/cancel_booking`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ booking_id: randomUUID() }),
  });
  expect([rest.status, rest.headers.get('x-request-id')]).toEqual([404, id]);
  const graph = await fetch(`${url}/functions/v1/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({
      query:
        `mutation { withdrawBooking(input: {bookingId: "${randomUUID()}"}) { clientMutationId } }`,
    }),
  });
  expect(graph.headers.get('x-request-id')).toBe(id);
  expect((await graph.json()).errors?.[0]?.extensions?.code).toBe('booking_not_found');
  const raised = new RegExp(`staybase ${id} \\[\\d+\\] ERROR: +booking_not_found`);
  await expect.poll(() => serverLines().filter((line) => raised.test(line))).toHaveLength(2);

  const named = await asPostgres(
    `select from pg_stat_activity where state <> 'active' and application_name like 'staybase %'`,
  );
  expect(named).toEqual([]);
});
