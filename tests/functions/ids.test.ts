import { createHash, randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { keys } from '../../local/keys.ts';
import { clientOf, person } from '../support/people.ts';
import { asPostgres, mailTo, moveClock } from '../support/stack.ts';
import { home, june } from '../support/stays.ts';
import {
  begin,
  begins,
  call,
  commandsOf,
  createPayment,
  pay,
  settle,
  standing,
  work,
} from './paying.ts';

beforeEach(begins);

const digest = (text: string) =>
  createHash('md5').update(text).digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** Holds two nights under an id of the client's choice. */
async function holdAs(booking_id: string, listing_id: string, nights = june(1, 3)) {
  const guest = await person('Ada');
  const client = await clientOf(guest);
  const stay = { listing_id, check_in: nights.checkIn, check_out: nights.checkOut, guests: 2 };
  const { data: quote } = await client.rpc('quote_stay', stay).throwOnError();
  await client.rpc('request_booking', {
    ...stay,
    booking_id,
    expected_total_minor: quote.total_minor ?? -1,
  }).throwOnError();
  return guest;
}

test.each([
  '11111111-1111-1111-1111-111111111111',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  '00000000-0000-0000-0000-000000000000',
  digest('a client that names its bookings after what they are about'),
])('a booking under the id %s is paid for, confirmed and cancelled like any other', async (id) => {
  const guest = await holdAs(id, await home());
  const { status, body } = await createPayment(guest, id);
  expect(status, JSON.stringify(body)).toBe(200);
  await pay(String(body.client_secret).split('_secret_')[0] ?? '');
  expect(await standing(id)).toMatchObject({ booking: 'confirmed', payment: 'captured' });
  await settle();
  const client = await clientOf(guest);
  const { data: preview } = await client.rpc('preview_cancellation', { booking_id: id })
    .throwOnError();
  await client.rpc('cancel_booking', {
    booking_id: id,
    expected_refund_minor: preview.refund_minor ?? -1,
  }).throwOnError();
  await settle();
  expect(await standing(id)).toMatchObject({
    booking: 'cancelled_by_guest',
    refunded: preview.refund_minor,
  });
  expect((await commandsOf(id)).filter((command) => !command.endsWith(' done'))).toEqual([]);
});

test('an id may be written in all the ways that Postgres reads, and is one booking', async () => {
  const id = randomUUID();
  const guest = await holdAs(id, await home());
  const first = await createPayment(guest, id);
  for (const written of [id.toUpperCase(), `{${id}}`, id.replaceAll('-', '')]) {
    const { status, body } = await createPayment(guest, written);
    expect(status, written).toBe(200);
    expect(body.payment_id).toBe(first.body.payment_id);
  }
  for (const wrong of [`{${id}`, id.slice(1), 'seven', 7, null]) {
    const { status, body } = await createPayment(guest, wrong);
    expect([status, body.code], String(wrong)).toEqual([400, 'invalid_body']);
    expect(body.detail).toMatch(/^booking_id: /);
  }
});

/** Orders a letter about a booking, a minute ago and a little. */
const orderLetter = async (booking: string, seconds: number, kind = 'send_mail') => {
  const [row] = await asPostgres<{ command_id: string }>(
    `insert into private.commands (kind, idempotency_key, booking_id, payment_id, recipient_id, template, due_at, created_at)
     select $3::text::public.command_kind, gen_random_uuid()::text, booking_id, payment_id, guest_id,
       case $3::text when 'send_mail' then 'booking_confirmed_guest' end,
       private.now() - make_interval(secs => 60 - $2), private.now()
     from public.payments where booking_id = $1 returning command_id`,
    [booking, seconds, kind],
  );
  return row?.command_id ?? '';
};
const stateOf = async (commands: string[]) => {
  const rows = await asPostgres<{ command_id: string; state: string }>(
    `select command_id, status || ' ' || attempts as state from private.commands where command_id = any ($1)`,
    [commands],
  );
  return commands.map((id) => rows.find(({ command_id }) => command_id === id)?.state);
};
const run = () => call('run-commands', { headers: { apikey: keys.secret }, body: '{}' });

/** Until nothing else is due or comes again soon: what had to be tried again would be counted as well. */
const untilNothingWaits = async () => {
  const waiting = () =>
    asPostgres(
      `select kind from private.commands
       where status in ('waiting', 'running') and due_at < private.now() + interval '1 minute'`,
    );
  while ((await waiting()).length > 0) {
    await moveClock('10 seconds');
    await work();
  }
};

/** Puts other words into the function that tells the facts of a command. */
const exchange = (words: string, others: string) =>
  `do $do$ begin execute replace(
     pg_get_functiondef('private.facts_of(private.commands)'::regprocedure), $w$${words}$w$, $w$${others}$w$); end $do$`;
const told = `return case`;

/** What a command can be poisoned with, and how that is healed. */
const poisons: Record<string, [poison: string, remedy: string]> = {
  'of a kind that the worker does not know': [
    `alter type public.command_kind rename value 'reconcile' to 'juggle'`,
    `alter type public.command_kind rename value 'juggle' to 'reconcile'`,
  ],
  'whose facts the database cannot tell': [
    exchange(
      told,
      `if command.kind = 'reconcile' then raise exception 'no facts'; end if; ${told}`,
    ),
    exchange(`if command.kind = 'reconcile' then raise exception 'no facts'; end if; `, ''),
  ],
};

test.each(Object.entries(poisons))(
  'a command %s fails alone, in the middle of a batch, and is done once it is whole',
  async (_, [poison, remedy]) => {
    const { booking, intent } = await begin(await home());
    await pay(intent);
    await settle();
    await untilNothingWaits();
    const before = mailTo('ada@example.com').length;
    const first = await orderLetter(booking, 1);
    const poisoned = await orderLetter(booking, 2, 'reconcile');
    const last = await orderLetter(booking, 3);
    await asPostgres(poison);
    try {
      // It comes again after five seconds: while the letters take longer than that, in the same run.
      const { status, body } = await run();
      expect([status, body]).toEqual([200, { done: 2, retried: expect.any(Number), failed: 0 }]);
      expect(body.retried).toBeGreaterThan(0);
      const put = `waiting ${body.retried}`;
      expect(await stateOf([first, poisoned, last])).toEqual(['done 1', put, 'done 1']);
    } finally {
      await asPostgres(remedy);
    }
    expect(mailTo('ada@example.com').length).toBe(before + 2);
    await untilNothingWaits();
    expect(await stateOf([poisoned])).toEqual([expect.stringMatching(/^done /)]);
  },
);

test('a worker that dies of one command costs the others of its batch no attempt', async () => {
  const { booking, intent } = await begin(await home());
  await pay(intent);
  await settle();
  const commands = [
    await orderLetter(booking, 1),
    await orderLetter(booking, 2, 'reconcile'),
    await orderLetter(booking, 3),
  ];
  // A worker takes all three and is never heard of again.
  await asPostgres('select from private.claim_commands(10)');
  expect(await stateOf(commands)).toEqual(['running 1', 'running 1', 'running 1']);
  await moveClock('3 minutes');
  // A run takes on nothing new after twenty seconds, but always one of them.
  for (const _command of commands) expect((await run()).status).toBe(200);
  expect(await stateOf(commands)).toEqual(['done 1', 'done 1', 'done 1']);
});
