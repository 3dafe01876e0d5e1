import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { type Person, person } from '../support/people.ts';
import { type Session, session } from '../support/sessions.ts';
import { asPostgres, moveClock } from '../support/stack.ts';
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

async function at(someone: Person): Promise<Session> {
  const tab = await session(someone);
  await tab.begin();
  return tab;
}

/** Ada stays 1 to 3 June at Hedy's, and wants a night more. */
async function wanted() {
  const [ada, hedy, grace] = [await person('Ada'), await person('Hedy'), await person('Grace')];
  const listing = await home({ host: hedy });
  const [guest, server] = [await session(ada), await session()];
  await guest.begin();
  const booking = await request(guest, { listing, ...june(1, 3) });
  await guest.commit();
  await startPayment(guest, booking);
  await server.begin();
  await hearStripe(server, booking);
  await server.commit();
  const alteration = randomUUID();
  await guest.begin();
  await guest.run('select public.propose_alteration($1, $2, check_out => $3)', [
    alteration,
    booking,
    june(1, 4).checkOut,
  ]);
  await guest.commit();
  return { ada, hedy, grace, listing, booking, alteration, guest };
}

const accept = (host: Session, alteration: string) =>
  host.run<{ status: string }>('select status from public.accept_alteration($1)', [alteration]);

const stateOf = async (alteration: string) =>
  (await asPostgres<{ status: string }>(
    'select status from public.alterations where alteration_id = $1',
    [alteration],
  ))[0]?.status;

test('the added night is accepted first: another guest finds it taken', async () => {
  const { hedy, grace, listing, alteration } = await wanted();
  const [host, other] = [await at(hedy), await at(grace)];
  await accept(host, alteration);
  const late = meanwhile(request(other, { listing, ...june(3, 5) }));
  await other.waits();
  await host.commit();
  await expect(late).rejects.toThrow('nights_taken');
  await other.rollback();
  expect((await booksOf(listing)).claims).toEqual([
    'stay 06-01..06-03 Ada',
    'hold 06-03..06-04 Ada for now',
  ]);
});

test('another guest holds the night first: the stay is as it was', async () => {
  const { hedy, grace, listing, alteration } = await wanted();
  const [host, other] = [await at(hedy), await at(grace)];
  await request(other, { listing, ...june(3, 5) });
  const late = meanwhile(accept(host, alteration));
  await host.waits();
  await other.commit();
  await expect(late).rejects.toThrow('nights_taken');
  await host.rollback();
  expect(await stateOf(alteration)).toBe('proposed');
  expect((await booksOf(listing)).claims).toEqual([
    'stay 06-01..06-03 Ada',
    'hold 06-03..06-05 Grace for now',
  ]);
});

test('an alteration that is accepted twice at once is accepted once', async () => {
  const { hedy, booking, alteration } = await wanted();
  const [host, tab] = [await at(hedy), await at(hedy)];
  await accept(host, alteration);
  const again = meanwhile(accept(tab, alteration));
  await tab.waits();
  await host.commit();
  expect((await again)[0]?.status).toBe('awaiting_payment');
  await tab.commit();
  const payments = await asPostgres('select from public.payments where booking_id = $1', [booking]);
  expect(payments).toHaveLength(2);
});

test('an alteration accepted while the guest withdraws it: one of both is told', async () => {
  const { hedy, listing, alteration, guest } = await wanted();
  const host = await at(hedy);
  await guest.begin();
  await guest.run('select public.withdraw_alteration($1)', [alteration]);
  const late = meanwhile(accept(host, alteration));
  await host.waits();
  await guest.commit();
  await expect(late).rejects.toThrow('alteration_closed');
  await host.rollback();
  expect((await booksOf(listing)).claims).toEqual(['stay 06-01..06-03 Ada']);
});

test('a stay cancelled while its alteration is accepted: all nights are free and nothing is to be paid', async () => {
  const { hedy, listing, booking, alteration, guest } = await wanted();
  const host = await at(hedy);
  await accept(host, alteration);
  await guest.begin();
  const cancelled = meanwhile(guest.run('select public.cancel_booking($1)', [booking]));
  await guest.waits();
  await host.commit();
  await cancelled;
  await guest.commit();
  expect(await stateOf(alteration)).toBe('overtaken');
  const books = await booksOf(listing);
  expect(books.claims).toEqual([]);
  expect(books.payments.sort()).toEqual([
    'Ada 06-01: cancelled 0 refunded 0',
    'Ada 06-01: captured 22820 refunded 22820',
  ]);
});

test('an alteration accepted while its stay is cancelled is not accepted', async () => {
  const { hedy, listing, booking, alteration, guest } = await wanted();
  const host = await at(hedy);
  await guest.begin();
  await guest.run('select public.cancel_booking($1)', [booking]);
  const late = meanwhile(accept(host, alteration));
  await host.waits();
  await guest.commit();
  await expect(late).rejects.toThrow('alteration_closed');
  await host.rollback();
  expect((await booksOf(listing)).claims).toEqual([]);
});

const blockTheThird = (host: Session, listing: string) =>
  host.run('select * from public.block_nights($1, $2, $3)', [
    listing,
    june(3, 4).checkIn,
    june(3, 4).checkOut,
  ]);

test('an alteration accepted while a host blocks the added night: it is held and not blocked', async () => {
  const { hedy, listing, alteration } = await wanted();
  const [host, tab] = [await at(hedy), await at(hedy)];
  await accept(host, alteration);
  const late = meanwhile(blockTheThird(tab, listing));
  await tab.waits();
  await host.commit();
  await expect(late).rejects.toThrow('nights_taken');
  await tab.rollback();
  expect((await booksOf(listing)).claims).toEqual([
    'stay 06-01..06-03 Ada',
    'hold 06-03..06-04 Ada for now',
  ]);
});

test('the added night is blocked first: the stay is as it was', async () => {
  const { hedy, listing, alteration } = await wanted();
  const [host, tab] = [await at(hedy), await at(hedy)];
  await blockTheThird(tab, listing);
  const late = meanwhile(accept(host, alteration));
  await host.waits();
  await tab.commit();
  await expect(late).rejects.toThrow('nights_taken');
  await host.rollback();
  expect((await booksOf(listing)).claims).toEqual(['stay 06-01..06-03 Ada', 'block 06-03..06-04']);
});

test('two guests whose stays are altered to the same night: one of them gets it', async () => {
  const { hedy, grace, listing, alteration } = await wanted();
  const [neighbour, server] = [await session(grace), await session()];
  await neighbour.begin();
  const booking = await request(neighbour, { listing, ...june(4, 6) });
  await neighbour.commit();
  await startPayment(neighbour, booking);
  await server.begin();
  await hearStripe(server, booking);
  await server.commit();
  const earlier = randomUUID();
  await neighbour.begin();
  await neighbour.run('select public.propose_alteration($1, $2, check_in => $3)', [
    earlier,
    booking,
    june(3, 6).checkIn,
  ]);
  await neighbour.commit();

  const [host, tab] = [await at(hedy), await at(hedy)];
  await accept(host, alteration);
  const late = meanwhile(accept(tab, earlier));
  await tab.waits();
  await host.commit();
  await expect(late).rejects.toThrow('nights_taken');
  await tab.rollback();
  expect((await booksOf(listing)).claims).toEqual([
    'stay 06-01..06-03 Ada',
    'hold 06-03..06-04 Ada for now',
    'stay 06-04..06-06 Grace',
  ]);
});

/** The added night is accepted, and its difference has an intent; what Stripe says of it, in a session. */
async function due() {
  const wish = await wanted();
  const [host, server] = [await at(wish.hedy), await session()];
  await accept(host, wish.alteration);
  await host.commit();
  await wish.guest.begin();
  const [payment] = await wish.guest.run<{ payment_id: string; amount_minor: string }>(
    'select payment_id, amount_minor from public.start_payment($1)',
    [wish.booking],
  );
  await wish.guest.commit();
  await server.begin();
  const paid = () =>
    server.run(
      `select public.apply_payment_intent(null, $1, $2, 'succeeded', $3, $3, 'usd', 'ch_2', null, null)`,
      [payment?.payment_id, `pi_${payment?.payment_id}`, payment?.amount_minor],
    );
  return { ...wish, server, paid };
}

test('a difference paid while its time ends is paid in time', async () => {
  const { listing, grace, alteration, server, paid } = await due();
  await moveClock('18 minutes');
  await paid();
  const other = await at(grace);
  const late = meanwhile(request(other, { listing, ...june(3, 5) }));
  await other.waits();
  await asPostgres('select private.expire_alterations(100)');
  await server.commit();
  await expect(late).rejects.toThrow('nights_taken');
  await other.rollback();
  expect(await stateOf(alteration)).toBe('applied');
  expect((await booksOf(listing)).claims).toEqual(['stay 06-01..06-04 Ada']);
});

test('a difference paid while the guest withdraws the alteration goes back', async () => {
  const { listing, alteration, guest, server, paid } = await due();
  await guest.begin();
  await guest.run('select public.withdraw_alteration($1)', [alteration]);
  const late = meanwhile(paid());
  await server.waits();
  await guest.commit();
  await late;
  await server.commit();
  expect(await stateOf(alteration)).toBe('withdrawn');
  const books = await booksOf(listing);
  expect(books.claims).toEqual(['stay 06-01..06-03 Ada']);
  expect(books.payments.sort()).toEqual([
    'Ada 06-01: captured 11410 refunded 11410',
    'Ada 06-01: captured 22820 refunded 0',
  ]);
});
