import { beforeEach, expect, test } from 'vitest';
import { person } from '../support/people.ts';
import { type Session, session } from '../support/sessions.ts';
import { asPostgres } from '../support/stack.ts';
import { booksOf, home, june, meanwhile, newDay, request } from '../support/stays.ts';

beforeEach(newDay);

const block = (host: Session, listing: string, nights: ReturnType<typeof june>) =>
  host.run<{ check_in: Date }>('select * from public.block_nights($1, $2, $3)', [
    listing,
    nights.checkIn,
    nights.checkOut,
  ]);

/** A home of Hedy's whose calendar Carla keeps, and Ada who wants to stay there. */
async function guestAndCohost(preparationNights = 0) {
  const listing = await home({ preparationNights });
  const carla = await person('Carla');
  await asPostgres(`insert into public.listing_hosts values ($1, $2, 'calendar')`, [
    listing,
    carla.id,
  ]);
  const [guest, cohost] = [await session(await person('Ada')), await session(carla)];
  await guest.begin();
  await cohost.begin();
  return { listing, guest, cohost };
}

test('a co-host who blocks waits for the guest who books, and blocks nothing', async () => {
  const { listing, guest, cohost } = await guestAndCohost();
  await request(guest, { listing, ...june(1, 3) });
  const blocking = meanwhile(block(cohost, listing, june(2, 9)));
  await cohost.waits();
  await guest.commit();

  await expect(blocking).rejects.toMatchObject({ message: 'nights_taken', code: 'PT409' });
  await cohost.rollback();
  expect(await booksOf(listing)).toMatchObject({
    claims: ['hold 06-01..06-03 Ada for now'],
    bookings: ['Ada 06-01: awaiting_payment'],
  });
});

test('a guest who books waits for the co-host who blocks, and holds nothing', async () => {
  const { listing, guest, cohost } = await guestAndCohost();
  expect(await block(cohost, listing, june(2, 9))).toHaveLength(1);
  const asking = meanwhile(request(guest, { listing, ...june(1, 3) }));
  await guest.waits();
  await cohost.commit();

  await expect(asking).rejects.toThrow('nights_taken');
  await guest.rollback();
  expect(await booksOf(listing)).toEqual({
    claims: ['block 06-02..06-09'],
    bookings: [],
    payments: [],
    commands: [],
    mails: [],
  });
});

test('a block may lie on the preparation after a stay, whoever was first', async () => {
  const { listing, guest, cohost } = await guestAndCohost(2);
  await request(guest, { listing, ...june(1, 3) });
  await block(cohost, listing, june(3, 4));
  await cohost.commit();
  await guest.commit();
  await cohost.begin();
  await block(cohost, listing, june(4, 5));
  await cohost.commit();

  expect(await booksOf(listing)).toMatchObject({
    claims: [
      'hold 06-01..06-03 Ada for now',
      'block 06-03..06-04',
      'preparation 06-03..06-05 Ada for now',
      'block 06-04..06-05',
    ],
  });
});

test('two hosts who block the same nights make one block', async () => {
  const { listing, cohost } = await guestAndCohost();
  const owner = await session(await person('Hedy'));
  await owner.begin();
  await block(owner, listing, june(1, 5));
  const blocking = meanwhile(block(cohost, listing, june(3, 7)));
  await cohost.waits();
  await owner.commit();

  expect(await blocking).toHaveLength(2);
  await cohost.commit();
  expect(await booksOf(listing)).toMatchObject({
    claims: ['block 06-01..06-05', 'block 06-05..06-07'],
  });
});

const blockAll = (host: Session, listings: string[]) =>
  host.run<{ listing_id: string; changed_days: number }>(
    `select * from public.block_calendars($1, array[row('2031-06-02', '2031-06-09')::public.day_range])`,
    [listings],
  );

/** Two homes of Carla's, in the order of their ids. */
async function twoHomes() {
  const carla = await person('Carla');
  const homes = [await home({ host: carla }), await home({ host: carla })].sort();
  return { carla, homes: homes as [string, string] };
}

test('two who block many homes wait for each other, whichever they name first', async () => {
  const { carla, homes: [one, other] } = await twoHomes();
  const [first, second] = [await session(carla), await session(carla)];
  await first.begin();
  await second.begin();
  expect(await blockAll(first, [one, other])).toHaveLength(2);
  const again = meanwhile(blockAll(second, [other, one]));
  await second.waits();
  await first.commit();
  expect((await again).map(({ changed_days }) => changed_days)).toEqual([0, 0]);
  await second.commit();
  expect((await booksOf(other)).claims).toEqual(['block 06-02..06-09']);
});

test('a guest who books one of many homes is waited for, and none is blocked', async () => {
  const { carla, homes: [one, other] } = await twoHomes();
  const [guest, host] = [await session(await person('Ada')), await session(carla)];
  await guest.begin();
  await host.begin();
  await request(guest, { listing: other, ...june(1, 3) });
  const blocking = meanwhile(blockAll(host, [one, other]));
  await host.waits();
  await guest.commit();

  await expect(blocking).rejects.toMatchObject({ message: 'nights_taken', code: 'PT409' });
  await host.rollback();
  expect((await booksOf(one)).claims).toEqual([]);
});
