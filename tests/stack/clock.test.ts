import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { startClock, tick } from '../../local/clock.ts';
import { clientOf, person } from '../support/people.ts';
import { asPostgres, mailTo, setClock, testApi, testDatabase } from '../support/stack.ts';
import { home } from '../support/stays.ts';

test('what the database orders is done at once, not at the next beat', async () => {
  await setClock('2031-05-20T12:00:00Z');
  const [{ url: databaseUrl }, { url: gatewayUrl }] = [await testDatabase(), await testApi()];
  const troubles: string[] = [];
  const clock = await startClock({
    query: (sql) => asPostgres(sql),
    databaseUrl,
    gatewayUrl,
    everySeconds: 3600,
    onTrouble: (trouble) => troubles.push(trouble),
  });
  onTestFinished(() => clock.stop());
  const ada = await person('Ada');
  const client = await clientOf(ada);
  // A free stay is confirmed, and both sides written to, by the request alone.
  const { error } = await client.rpc('request_booking', {
    booking_id: randomUUID(),
    listing_id: await home({ nightly: 0 }),
    check_in: '2031-06-01',
    check_out: '2031-06-03',
    expected_total_minor: 0,
  });
  expect(error).toBeNull();

  await expect.poll(() => mailTo(ada.email)).toHaveLength(1);
  expect(troubles).toEqual([]);
});

test('a worker that fails is told once and asked again at the next beat, not over and over', async () => {
  const { url: databaseUrl } = await testDatabase();
  await asPostgres(`update private.commands set status = 'waiting', finished_at = null,
    claimed_until = null, due_at = private.now()`);
  const troubles: string[] = [];
  let beats = 0;
  const clock = await startClock({
    query: (sql) => (beats += 1, asPostgres(sql)),
    databaseUrl,
    gatewayUrl: 'http://127.0.0.1:1',
    everySeconds: 3600,
    onTrouble: (trouble) => troubles.push(trouble),
  });
  onTestFinished(() => clock.stop());

  await expect.poll(() => troubles).toHaveLength(1);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(beats).toBeLessThan(3);
  expect(clock.isHealthy()).toBe(false);
});

test('a job that fails is told, and the worker runs all the same', async () => {
  const { url: gatewayUrl } = await testApi();
  await asPostgres(`create or replace function private.complete_stays(most integer) returns integer
    language plpgsql as $$ begin raise exception 'stuck'; end $$`);
  const ordered = await asPostgres(
    `select command_id from private.commands where status = 'waiting'`,
  );
  expect(ordered).not.toEqual([]);

  await expect(tick({ query: (sql) => asPostgres(sql), gatewayUrl })).rejects.toThrow(
    'complete_stays failed; private.job_failures says why',
  );
  expect(await asPostgres(`select from private.commands where status = 'waiting'`)).toEqual([]);
});
