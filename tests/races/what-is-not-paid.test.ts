import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { clientOf, type Person, person } from '../support/people.ts';
import { session } from '../support/sessions.ts';
import { asPostgres, setClock } from '../support/stack.ts';
import { home, meanwhile, request } from '../support/stays.ts';

/** The caps under test, with those that would stop the same requests earlier out of the way. */
const roomy = `update private.settings
  set unpaid_holds = 20, unpaid_stays = 3, open_requests = 5, newcomer_holds = 1000, newcomer_nights = 60`;

beforeEach(async () => {
  await setClock('2031-05-20T12:00:00Z');
  await asPostgres(roomy);
});

const twenty = Array.from({ length: 20 }, (_, number) => number);
const day = (ahead: number) => new Date(Date.UTC(2031, 10, 1 + ahead)).toISOString().slice(0, 10);

/** Twenty requests through the API at once, each as `wish` says; what came of each. */
async function all(
  guestOf: (number: number) => Promise<Person>,
  wish: (number: number) => { listing: string; from: number; nights: number },
) {
  const clients = await Promise.all(twenty.map(async (number) => clientOf(await guestOf(number))));
  const wishes = await Promise.all(twenty.map(async (number) => {
    const { listing, from, nights } = wish(number);
    const stay = { listing_id: listing, check_in: day(from), check_out: day(from + nights) };
    const { data: quote } = await clients[number]!.rpc('quote_stay', stay).throwOnError();
    return { ...stay, booking_id: randomUUID(), expected_total_minor: quote.total_minor ?? -1 };
  }));
  const answers = await Promise.all(
    wishes.map((asked, number) => clients[number]!.rpc('request_booking', asked)),
  );
  const tally: Record<string, number> = {};
  for (const { error } of answers) {
    const outcome = error?.message ?? 'held';
    tally[outcome] = (tally[outcome] ?? 0) + 1;
  }
  return { tally, bookings: wishes.map((asked) => asked.booking_id) };
}

const homes = (wishes = {}) => Promise.all(twenty.map(() => home(wishes)));

test('of twenty stays a guest asks for at once, to be charged in some months, three are held', async () => {
  const listings = await homes();
  const ada = () => person('Ada');
  const { tally } = await all(ada, (number) => ({
    listing: listings[number]!,
    from: 3 * number,
    nights: 2,
  }));
  expect(tally).toEqual({ held: 3, too_many_unpaid_stays: 17 });
});

test('of twenty such stays for the same nights one is held', async () => {
  const listings = await homes();
  const bela = () => person('Bela');
  const { tally } = await all(bela, (number) => ({
    listing: listings[number]!,
    from: number % 2,
    nights: 2,
  }));
  expect(tally.held).toBe(1);
  expect(tally.unpaid_stays_overlap).toBe(19);
});

test('of twenty hosts a guest asks at once five are asked', async () => {
  const listings = await homes({ instantBook: false });
  await setClock('2031-10-01T12:00:00Z');
  const clara = () => person('Clara');
  const { tally } = await all(clara, (number) => ({
    listing: listings[number]!,
    from: number,
    nights: 1,
  }));
  expect(tally).toEqual({ held: 5, too_many_open_requests: 15 });
});

test('twenty newcomers at once book sixty nights of a home without its host, and ask for the rest', async () => {
  const listing = await home();
  const { tally, bookings } = await all((number) => person(`Newcomer${number}`), (number) => ({
    listing,
    from: 7 * number,
    nights: 7,
  }));
  expect(tally).toEqual({ held: 20 });
  const [booked] = await asPostgres<{ instant: number; asking: number }>(
    `select (sum(check_out - check_in) filter (where instant_book))::integer as instant,
       (count(*) filter (where not instant_book))::integer as asking
     from public.bookings where booking_id = any ($1)`,
    [bookings],
  );
  expect(booked).toEqual({ instant: 56, asking: 12 });
});

test('twenty newcomers who hold the same night one after another hold it six times', async () => {
  await asPostgres('update private.settings set newcomer_holds = 6');
  await setClock('2031-10-01T12:00:00Z');
  const listing = await home();
  const held: boolean[] = [];
  for (const number of twenty) {
    const tab = await session(await person(`Newcomer${number}`));
    await tab.begin();
    const booking = await request(tab, { listing, checkIn: day(number % 3), checkOut: day(40) });
    await tab.commit();
    const claims = await asPostgres('select from private.claims where booking_id = $1', [booking]);
    held.push(claims.length > 0);
    await tab.begin();
    await tab.run('select public.withdraw_booking($1)', [booking]);
    await tab.commit();
  }
  expect(held).toEqual(twenty.map((number) => number < 6));
});

test('an alteration and a request for its nights at once: the second finds the first', async () => {
  const [dora, hedy] = [await person('Dora'), await person('Hedy')];
  const [mill, loft] = [await home({ host: hedy }), await home({ host: hedy })];
  const [guest, other, host] = [await session(dora), await session(dora), await session(hedy)];
  await guest.begin();
  const booking = await request(guest, { listing: mill, checkIn: day(0), checkOut: day(2) });
  await guest.commit();
  await asPostgres(
    `insert into private.saved_cards (booking_id, stripe_setup_intent_id) values ($1, 'seti_dora')`,
    [booking],
  );
  await asPostgres(
    `select private.apply_setup('evt_dora', payment_id, 'seti_dora', 'succeeded', 'pm_dora', null)
     from public.payments where booking_id = $1`,
    [booking],
  );
  const alteration = randomUUID();
  await guest.begin();
  await guest.run('select public.propose_alteration($1, $2, check_out => $3)', [
    alteration,
    booking,
    day(4),
  ]);
  await guest.commit();

  await host.begin();
  await host.run('select public.accept_alteration($1)', [alteration]);
  await other.begin();
  const asking = meanwhile(request(other, { listing: loft, checkIn: day(3), checkOut: day(5) }));
  await other.waits();
  await host.commit();
  await expect(asking).rejects.toMatchObject({ message: 'unpaid_stays_overlap', code: 'PT409' });
  await other.rollback();
});
