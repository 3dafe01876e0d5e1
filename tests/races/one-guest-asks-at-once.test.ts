import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { person } from '../support/people.ts';
import { session } from '../support/sessions.ts';
import { asPostgres } from '../support/stack.ts';
import {
  booksOf,
  hearStripe,
  home,
  june,
  meanwhile,
  newDay,
  request,
  startPayment,
} from '../support/stays.ts';

beforeEach(newDay);

/** So many sessions of Ada's, all in a transaction: her open tabs. */
async function tabsOfAda(count: number) {
  const ada = await person('Ada');
  const tabs = await Promise.all(Array.from({ length: count }, () => session(ada)));
  for (const tab of tabs) await tab.begin();
  return tabs;
}

test('the same request twice at once is one booking', async () => {
  const listing = await home();
  const [first, second] = await tabsOfAda(2) as [Tab, Tab];
  const booking = await request(first, { listing, ...june(1, 3) });
  const again = meanwhile(request(second, { listing, ...june(1, 3), booking }));
  await second.waits();
  await first.commit();

  expect(await again).toBe(booking);
  await second.commit();
  expect(await booksOf(listing)).toEqual({
    claims: ['hold 06-01..06-03 Ada for now'],
    bookings: ['Ada 06-01: awaiting_payment'],
    payments: ['Ada 06-01: pending 0 refunded 0'],
    commands: [],
    mails: [],
  });
});

test('an id that two guests choose at once is the first guest’s', async () => {
  const [one, other] = [await home({ title: 'One' }), await home({ title: 'Other' })];
  const booking = randomUUID();
  const [ada, grace] = [await session(await person('Ada')), await session(await person('Grace'))];
  await ada.begin();
  await grace.begin();
  await request(ada, { listing: one, ...june(1, 3), booking });
  const asking = meanwhile(request(grace, { listing: other, ...june(1, 3), booking }));
  await grace.waits();
  await ada.commit();

  await expect(asking).rejects.toMatchObject({ message: 'id_reused', code: 'PT409' });
  await grace.rollback();
  expect((await booksOf(one)).bookings).toEqual(['Ada 06-01: awaiting_payment']);
  expect(await booksOf(other)).toEqual({
    claims: [],
    bookings: [],
    payments: [],
    commands: [],
    mails: [],
  });
});

test('of four requests of a guest at once three become holds', async () => {
  const listings = [await home(), await home(), await home(), await home()];
  const tabs = await tabsOfAda(4);
  const asking: Promise<string>[] = [];
  for (const [place, tab] of tabs.entries()) {
    const answer = meanwhile(request(tab, { listing: listings[place] ?? '', ...june(1, 3) }));
    asking.push(answer);
    if (place > 0) await tab.waits();
    else await answer;
  }
  // Postgres hands a row to those who wait for it in the order in which they came.
  for (const [place, tab] of tabs.entries()) {
    if (place < 3) {
      await asking[place];
      await tab.commit();
    } else {
      await expect(asking[place]).rejects.toMatchObject({
        message: 'too_many_holds',
        code: 'PT409',
      });
      await tab.rollback();
    }
  }
  const held = await asPostgres(
    `select listing_id from private.claims join public.bookings using (booking_id, listing_id)
     join public.payments using (booking_id, listing_id) where kind = 'hold'`,
  );
  expect(held.map((hold) => hold.listing_id).sort()).toEqual(listings.slice(0, 3).sort());
  expect((await booksOf(listings[3] ?? '')).bookings).toEqual([]);
});

test('a guest who changes dates gives back the hold they had', async () => {
  const listing = await home({ preparationNights: 1 });
  const [first, second] = await tabsOfAda(2) as [Tab, Tab];
  await request(first, { listing, ...june(1, 4) });
  const changing = meanwhile(request(second, { listing, ...june(2, 5) }));
  await second.waits();
  await first.commit();
  await changing;
  await second.commit();

  expect(await booksOf(listing)).toEqual({
    claims: ['hold 06-02..06-05 Ada for now', 'preparation 06-05..06-06 Ada for now'],
    bookings: [
      'Ada 06-01: awaiting_payment, cancelled_by_guest by guest (replaced)',
      'Ada 06-02: awaiting_payment',
    ],
    payments: ['Ada 06-01: cancelled 0 refunded 0', 'Ada 06-02: pending 0 refunded 0'],
    commands: [],
    mails: [],
  });
});

test('a hold whose money arrives while its guest changes dates stays, and the new one fails', async () => {
  const listing = await home();
  const [tab] = await tabsOfAda(1) as [Tab];
  const booking = await request(tab, { listing, ...june(1, 4) });
  await tab.commit();
  await startPayment(tab, booking);

  const stripe = await session();
  await stripe.begin();
  await tab.begin();
  expect(await hearStripe(stripe, booking)).toBe('captured');
  const changing = meanwhile(request(tab, { listing, ...june(2, 5) }));
  await tab.waits();
  await stripe.commit();

  await expect(changing).rejects.toThrow('nights_taken');
  await tab.rollback();
  expect(await booksOf(listing)).toEqual({
    claims: ['stay 06-01..06-04 Ada'],
    bookings: ['Ada 06-01: awaiting_payment, confirmed by system'],
    payments: ['Ada 06-01: captured 34230 refunded 0'],
    commands: ['Ada 06-01: create_intent done'],
    mails: ['booking_confirmed_guest to Ada', 'booking_confirmed_host to Hedy'],
  });
});

test('money for a hold its guest has just replaced goes back once', async () => {
  const listing = await home();
  const [tab] = await tabsOfAda(1) as [Tab];
  const booking = await request(tab, { listing, ...june(1, 4) });
  await tab.commit();
  await startPayment(tab, booking);

  const stripe = await session();
  await stripe.begin();
  await tab.begin();
  await request(tab, { listing, ...june(2, 5) });
  const paying = meanwhile(hearStripe(stripe, booking));
  await stripe.waits();
  await tab.commit();
  await paying;
  await stripe.commit();

  expect(await booksOf(listing)).toEqual({
    claims: ['hold 06-02..06-05 Ada for now'],
    bookings: [
      'Ada 06-01: awaiting_payment, cancelled_by_guest by guest (replaced), payment_conflict by system (paid_after_the_end)',
      'Ada 06-02: awaiting_payment',
    ],
    payments: ['Ada 06-01: captured 34230 refunded 34230', 'Ada 06-02: pending 0 refunded 0'],
    commands: [
      'Ada 06-01: create_intent done',
      'Ada 06-01: cancel_intent waiting',
      'Ada 06-01: refund waiting',
    ],
    mails: ['payment_returned to Ada'],
  });
});

type Tab = Awaited<ReturnType<typeof session>>;
