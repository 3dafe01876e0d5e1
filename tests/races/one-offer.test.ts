import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { type Person, person } from '../support/people.ts';
import { type Session, session } from '../support/sessions.ts';
import { asPostgres } from '../support/stack.ts';
import {
  booksOf,
  hearStripe,
  home,
  june,
  meanwhile,
  newDay,
  startPayment,
} from '../support/stays.ts';

beforeEach(newDay);

/** A home that wants to be asked, and Hedy's offer of three of its nights to Ada for 150.00. */
async function offered() {
  const [ada, hedy] = [await person('Ada'), await person('Hedy')];
  const listing = await home({ host: hedy, instantBook: false });
  const [inquiry, offer] = [randomUUID(), randomUUID()];
  const [guest, host] = [await session(ada), await session(hedy)];
  await guest.begin();
  await guest.run('select public.send_inquiry($1, $2, $3, $4, $5)', [
    inquiry,
    listing,
    june(1, 4).checkIn,
    june(1, 4).checkOut,
    'How much?',
  ]);
  await guest.commit();
  await host.begin();
  await host.run('select public.send_special_offer($1, $2, 15000)', [offer, inquiry]);
  await host.commit();
  await guest.begin();
  await host.begin();
  return { ada, listing, inquiry, offer, guest, host };
}

const take = (guest: Session, listing: string, offer: string, booking = randomUUID()) =>
  guest.run<{ booking_id: string }>(
    'select * from public.request_booking($1, $2, $3, $4, 17115, offer_id => $5)',
    [booking, listing, june(1, 4).checkIn, june(1, 4).checkOut, offer],
  );

async function another(someone: Person): Promise<Session> {
  const tab = await session(someone);
  await tab.begin();
  return tab;
}

const stateOf = async (offer: string) =>
  (await asPostgres<{ status: string }>('select status from public.offers where offer_id = $1', [
    offer,
  ]))[0]?.status;

test('an offer accepted twice at once is one booking', async () => {
  const { ada, listing, offer, guest } = await offered();
  const tab = await another(ada);
  const booking = randomUUID();
  await take(guest, listing, offer, booking);
  const again = meanwhile(take(tab, listing, offer, booking));
  await tab.waits();
  await guest.commit();
  expect((await again)[0]?.booking_id).toBe(booking);
  await tab.commit();
  expect((await booksOf(listing)).bookings).toEqual(['Ada 06-01: awaiting_payment']);
});

test('an offer is taken from two tabs: the second booking takes the place of the unpaid first', async () => {
  const { ada, listing, offer, guest } = await offered();
  const tab = await another(ada);
  await take(guest, listing, offer);
  const again = meanwhile(take(tab, listing, offer));
  await tab.waits();
  await guest.commit();
  await again;
  await tab.commit();
  const books = await booksOf(listing);
  expect(books.claims).toEqual(['hold 06-01..06-04 Ada for now']);
  expect(books.bookings.sort()).toEqual([
    'Ada 06-01: awaiting_payment',
    'Ada 06-01: awaiting_payment, cancelled_by_guest by guest (replaced)',
  ]);
  expect(await stateOf(offer)).toBe('accepted');
});

test('nobody takes an offer again while its money arrives', async () => {
  const { ada, listing, offer, guest } = await offered();
  const booking = randomUUID();
  await take(guest, listing, offer, booking);
  await guest.commit();
  await startPayment(guest, booking);
  const stripe = await session();
  await stripe.begin();
  expect(await hearStripe(stripe, booking)).toBe('captured');
  const tab = await another(ada);
  const again = meanwhile(take(tab, listing, offer));
  await tab.waits();
  await stripe.commit();
  await expect(again).rejects.toMatchObject({ code: 'PT409' });
  await tab.rollback();
  expect((await booksOf(listing)).bookings).toEqual([
    'Ada 06-01: awaiting_payment, confirmed by system',
  ]);
  expect(await stateOf(offer)).toBe('accepted');
});

test('an offer that is taken back while it is accepted is not accepted', async () => {
  const { listing, offer, guest, host } = await offered();
  await host.run('select public.withdraw_offer($1)', [offer]);
  const late = meanwhile(take(guest, listing, offer));
  await guest.waits();
  await host.commit();
  await expect(late).rejects.toMatchObject({ message: 'offer_closed', code: 'PT409' });
  await guest.rollback();
  expect(await booksOf(listing)).toEqual({
    claims: [],
    bookings: [],
    payments: [],
    commands: [],
    mails: [],
  });
});

test('an offer that is accepted while it is taken back stays accepted', async () => {
  const { listing, offer, guest, host } = await offered();
  await take(guest, listing, offer);
  const late = meanwhile(host.run('select public.withdraw_offer($1)', [offer]));
  await host.waits();
  await guest.commit();
  await expect(late).rejects.toMatchObject({ message: 'offer_closed', code: 'PT409' });
  await host.rollback();
  expect((await booksOf(listing)).claims).toEqual(['hold 06-01..06-04 Ada for now']);
});

test('who pays the full price first has the nights', async () => {
  const { listing, offer, guest } = await offered();
  await asPostgres('update public.listings set instant_book = true where listing_id = $1', [
    listing,
  ]);
  const grace = await another(await person('Grace'));
  await grace.run(
    `select public.request_booking($1, $2, $3, $4, 34230)`,
    [randomUUID(), listing, june(1, 4).checkIn, june(1, 4).checkOut],
  );
  const late = meanwhile(take(guest, listing, offer));
  await guest.waits();
  await grace.commit();
  await expect(late).rejects.toMatchObject({ message: 'nights_taken' });
  await guest.rollback();
  expect(await stateOf(offer)).toBe('open');
});

test('two answers at once count each other', async () => {
  const { inquiry, host } = await offered();
  const other = await another(await person('Hedy'));
  await asPostgres('update private.settings set offers_per_inquiry = 2');
  await host.run('select public.preapprove_inquiry($1, $2)', [randomUUID(), inquiry]);
  const late = meanwhile(
    other.run('select public.preapprove_inquiry($1, $2)', [randomUUID(), inquiry]),
  );
  await other.waits();
  await host.commit();
  await expect(late).rejects.toMatchObject({ message: 'too_many_offers' });
  await other.rollback();
});
