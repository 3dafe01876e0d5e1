import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { type Client, clientOf, type Person, person } from '../support/people.ts';
import { brokenPromises } from '../support/promises.ts';
import { runs, seed } from '../support/seeds.ts';
import { deadlocks, type Session, session } from '../support/sessions.ts';
import { asPostgres, moveClock, setClock } from '../support/stack.ts';
import { booksOf, hearStripe, home, june, request, startPayment } from '../support/stays.ts';

beforeAll(() => setClock('2031-05-20T12:00:00Z'));

const guests = 64;
const rounds = runs(40).numRuns;
const nameOf = (number: number) => `Guest${number}`;

test('64 guests and one night, forty times: one of them has it, the others are told', async () => {
  const host = await person('Hedy');
  const people: Person[] = [];
  for (let number = 1; number <= guests; number += 1) people.push(await person(nameOf(number)));
  const clients: Client[] = await Promise.all(people.map(clientOf));

  for (let round = 1; round <= rounds; round += 1) {
    const listing = await home({ host, preparationNights: 1 });
    const stay = { listing_id: listing, check_in: '2031-06-01', check_out: '2031-06-02' };
    const { data: quote } = await clients[0]!.rpc('quote_stay', stay).throwOnError();
    const answers = await Promise.all(clients.map((client) =>
      client.rpc('request_booking', {
        ...stay,
        booking_id: randomUUID(),
        expected_total_minor: quote.total_minor ?? -1,
      })
    ));
    const winners = answers.filter((answer) => answer.status === 200);
    expect(winners).toHaveLength(1);
    for (const { status, error } of answers.filter((answer) => answer.status !== 200)) {
      expect({ status, message: error?.message }).toEqual({ status: 409, message: 'nights_taken' });
    }
    expect(await booksOf(listing)).toMatchObject({
      claims: [
        expect.stringMatching(/^hold 06-01..06-02 Guest\d+ for now$/),
        expect.stringMatching(/^preparation 06-02..06-03 Guest\d+ for now$/),
      ],
      bookings: [expect.stringMatching(/^Guest\d+ 06-01: awaiting_payment$/)],
    });

    const winner = clients[answers.indexOf(winners[0]!)]!;
    const booking = winners[0]!.data!.booking_id!;
    const { error } = await winner.rpc('withdraw_booking', { booking_id: booking });
    expect(error).toBeNull();
  }
  expect(await deadlocks()).toBe(0);
});

/** What a guest does next, on one of three homes. */
type Deed =
  | { deed: 'request'; home: number; from: number; nights: number }
  | { deed: 'pay' | 'withdraw' | 'pay late' }
  | { deed: 'block' | 'unblock'; home: number; from: number; nights: number };

const nights = {
  home: fc.nat(2),
  from: fc.integer({ min: 1, max: 20 }),
  nights: fc.integer({ min: 1, max: 5 }),
};
const guestDeed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ deed: fc.constant('request'), ...nights }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constantFrom('pay', 'withdraw', 'pay late') }) },
);
const hostDeed: fc.Arbitrary<Deed> = fc.record({
  deed: fc.constantFrom('block', 'unblock'),
  ...nights,
});

/** Every refusal that somebody in this crowd may meet; `try_again` and raw errors are not among them. */
const refusals = [
  'nights_taken',
  'too_many_holds',
  'hold_expired',
  'already_paid',
  'not_withdrawable',
];

async function attempt(actor: Session, work: () => Promise<unknown>): Promise<string> {
  await actor.begin();
  try {
    await work();
    await actor.commit();
    return 'done';
  } catch (error) {
    await actor.rollback();
    if (!(error instanceof pg.DatabaseError)) throw error;
    return error.message;
  }
}

test('60 guests, 4 hosts, a job and a moving clock on three homes: every promise is kept', async () => {
  const host = await person('Hedy');
  const homes = [
    await home({ host, preparationNights: 0 }),
    await home({ host, preparationNights: 1 }),
    await home({ host, preparationNights: 2 }),
  ];
  const sessions: Session[] = [];
  const answers = new Map<string, number>();
  const count = (answer: string) => answers.set(answer, (answers.get(answer) ?? 0) + 1);

  const crowd = Array.from({ length: guests }, async (_, number) => {
    const hosting = number < 4;
    const actor = await session(hosting ? host : await person(nameOf(number)));
    const server = await session();
    sessions.push(actor, server);
    const deeds = fc.sample(hosting ? hostDeed : guestDeed, { seed: seed + number, numRuns: 30 });
    let booking: string | undefined;
    for (const deed of deeds) {
      if (deed.deed === 'request') {
        const wish = { listing: homes[deed.home]!, ...june(deed.from, deed.from + deed.nights) };
        const id = randomUUID();
        const answer = await attempt(actor, () => request(actor, { ...wish, booking: id }));
        if (answer === 'done') booking = id;
        count(answer);
      } else if (deed.deed === 'block' || deed.deed === 'unblock') {
        const { checkIn, checkOut } = june(deed.from, deed.from + deed.nights);
        count(
          await attempt(
            actor,
            () =>
              actor.run(`select from public.${deed.deed}_nights($1, $2, $3)`, [
                homes[deed.home],
                checkIn,
                checkOut,
              ]),
          ),
        );
      } else if (booking !== undefined && deed.deed === 'withdraw') {
        count(
          await attempt(
            actor,
            () => actor.run('select from public.withdraw_booking($1)', [booking]),
          ),
        );
      } else if (booking !== undefined) {
        const paid = booking;
        const started = await startPayment(actor, paid).then(() => 'done', async (error: Error) => {
          await actor.rollback();
          return error.message;
        });
        count(started);
        if (started !== 'done') continue;
        if (deed.deed === 'pay late') await moveClock('16 minutes');
        count(await attempt(server, () => hearStripe(server, paid)));
      }
    }
  });
  let over = false;
  const job = (async () => {
    while (!over) await asPostgres('select private.expire_bookings(100)');
  })();
  await Promise.all(crowd).finally(() => over = true);
  await job;

  expect([...answers.keys()].filter((answer) => answer !== 'done' && !refusals.includes(answer)))
    .toEqual([]);
  expect(await brokenPromises()).toEqual({});
  expect(await deadlocks(sessions)).toBe(0);
  // The crowd met each other: some had their way, many were refused, some were too late.
  const moves = await asPostgres<{ to_status: string }>(
    'select distinct to_status::text from public.booking_history',
  );
  expect(moves.map((move) => move.to_status)).toEqual(
    expect.arrayContaining(['awaiting_payment', 'cancelled_by_guest', 'confirmed', 'expired']),
  );
});
