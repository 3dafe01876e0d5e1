import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { type Person, person } from '../support/people.ts';
import { deadlocks, session } from '../support/sessions.ts';
import { asPostgres } from '../support/stack.ts';
import { booksOf, home, june, meanwhile, newDay, request } from '../support/stays.ts';

beforeEach(newDay);

async function adaAndGrace() {
  const [ada, grace] = [await session(await person('Ada')), await session(await person('Grace'))];
  await ada.begin();
  await grace.begin();
  return { ada, grace };
}

const adasHold = {
  claims: ['hold 06-01..06-03 Ada for now'],
  bookings: ['Ada 06-01: awaiting_payment'],
  payments: ['Ada 06-01: pending 0 refunded 0'],
  commands: [],
  mails: [],
};

test('the second guest waits for the first, and then the night is taken', async () => {
  const listing = await home();
  const { ada, grace } = await adaAndGrace();
  await request(ada, { listing, ...june(1, 3) });
  const asking = meanwhile(request(grace, { listing, ...june(2, 4) }));
  await grace.waits();
  await ada.commit();

  await expect(asking).rejects.toMatchObject({ message: 'nights_taken', code: 'PT409' });
  await grace.rollback();
  expect(await booksOf(listing)).toEqual(adasHold);
});

test('the second guest has the night when the first gives up', async () => {
  const listing = await home();
  const { ada, grace } = await adaAndGrace();
  await request(ada, { listing, ...june(1, 3) });
  const asking = meanwhile(request(grace, { listing, ...june(2, 4) }));
  await grace.waits();
  await ada.rollback();

  await asking;
  await grace.commit();
  expect(await booksOf(listing)).toEqual({
    claims: ['hold 06-02..06-04 Grace for now'],
    bookings: ['Grace 06-02: awaiting_payment'],
    payments: ['Grace 06-02: pending 0 refunded 0'],
    commands: [],
    mails: [],
  });
});

test('a guest may arrive on the day another leaves, and neither waits', async () => {
  const listing = await home();
  const { ada, grace } = await adaAndGrace();
  await request(ada, { listing, ...june(1, 3) });
  await request(grace, { listing, ...june(3, 4) });
  await grace.commit();
  await ada.commit();
  expect(await booksOf(listing)).toMatchObject({
    claims: ['hold 06-01..06-03 Ada for now', 'hold 06-03..06-04 Grace for now'],
  });
});

test('a stay never begins in the preparation after another', async () => {
  const listing = await home({ preparationNights: 1 });
  const { ada, grace } = await adaAndGrace();
  await request(ada, { listing, ...june(1, 3) });
  const asking = meanwhile(request(grace, { listing, ...june(3, 5) }));
  await grace.waits();
  await ada.commit();

  await expect(asking).rejects.toThrow('nights_taken');
  await grace.rollback();
  expect(await booksOf(listing)).toEqual({
    ...adasHold,
    claims: ['hold 06-01..06-03 Ada for now', 'preparation 06-03..06-04 Ada for now'],
  });
});

test('a stay never leaves without room for its own preparation', async () => {
  const listing = await home({ preparationNights: 2 });
  const { ada, grace } = await adaAndGrace();
  await request(grace, { listing, ...june(4, 5) });
  const asking = meanwhile(request(ada, { listing, ...june(1, 3) }));
  await ada.waits();
  await grace.commit();

  await expect(asking).rejects.toThrow('nights_taken');
  await ada.rollback();
  expect(await booksOf(listing)).toMatchObject({
    claims: ['hold 06-04..06-05 Grace for now', 'preparation 06-05..06-07 Grace for now'],
    bookings: ['Grace 06-04: awaiting_payment'],
  });
});

/** Stops people right before their booking is written down, once its nights were found free. */
async function pauses() {
  await asPostgres(`
    create function private.pause() returns trigger language plpgsql as $$
    begin
      perform pg_advisory_xact_lock_shared(hashtext(new.guest_id::text));
      return new;
    end $$`);
  await asPostgres(
    `create trigger pause before insert on public.bookings
     for each row execute function private.pause()`,
  );
  onTestFinished(() => asPostgres('drop function private.pause() cascade').then(() => {}));
  const keeper = await session();
  const told = (verb: string) => async ({ id }: Person) =>
    void await keeper.run(`select ${verb}(hashtext($1))`, [id]);
  return { stop: told('pg_advisory_lock'), go: told('pg_advisory_unlock') };
}

test('a guest who changes her nights and one who found them free before do not wait for each other', async () => {
  const listing = await home({ preparationNights: 1 });
  const [adaHerself, graceHerself] = [await person('Ada'), await person('Grace')];
  const [ada, grace] = [await session(adaHerself), await session(graceHerself)];
  const { stop, go } = await pauses();
  await stop(graceHerself);
  await grace.begin();
  const asking = meanwhile(request(grace, { listing, ...june(3, 5) }));
  await grace.waits();

  await ada.begin();
  await request(ada, { listing, ...june(5, 7) });
  await ada.commit();
  await stop(adaHerself);
  await ada.begin();
  const changing = meanwhile(request(ada, { listing, ...june(2, 4) }));
  await ada.waits();
  // Ada has let go of the 5th, which Grace needs after her stay, and now wants the 3rd.
  await go(graceHerself);
  await grace.waits();
  await go(adaHerself);

  await changing;
  await ada.commit();
  await expect(asking).rejects.toThrow('nights_taken');
  await grace.rollback();
  expect(await booksOf(listing)).toMatchObject({
    claims: ['hold 06-02..06-04 Ada for now', 'preparation 06-04..06-05 Ada for now'],
  });
  expect(await deadlocks([ada, grace])).toBe(0);
});
