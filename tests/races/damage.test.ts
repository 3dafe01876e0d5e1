import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { makeStaff, person } from '../support/people.ts';
import { type Session, session } from '../support/sessions.ts';
import { asPostgres, freshDatabase, setClock } from '../support/stack.ts';
import { hearStripe, home, june, meanwhile, request, startPayment } from '../support/stays.ts';

beforeEach(async () => {
  await freshDatabase();
  await setClock('2031-05-20T12:00:00Z');
});

/** Ada's stay with Hedy is over; Hedy's claim of 80.00 waited for a day, so that staff may decide it too. */
async function oldClaim() {
  const listing = await home();
  const [ada, hedy, sam] = [await person('Ada'), await person('Hedy'), await person('Sam')];
  await makeStaff(sam);
  const [guest, host, staff] = [await session(ada), await session(hedy), await session(sam)];
  const stripe = await session();
  await guest.begin();
  const booking = await request(guest, { listing, ...june(1, 3) });
  await guest.commit();
  await startPayment(guest, booking);
  await stripe.begin();
  expect(await hearStripe(stripe, booking)).toBe('captured');
  await stripe.commit();
  await setClock('2031-06-04T12:00:00Z');
  const claim = randomUUID();
  const file = (who: Session, id: string) =>
    who.run(`select * from public.claim_damage($1, $2, 8000, 'The wheel.')`, [id, booking]);
  await host.begin();
  await file(host, claim);
  await host.commit();
  await setClock('2031-06-06T12:00:00Z');
  return { booking, claim, guest, host, staff, file };
}

const told = async (who: Session, verb: string, claim: string, more = '') =>
  (await who.run<{ status: string }>(
    `select status from public.${verb}_damage_claim($1${more})`,
    [claim],
  ))[0]?.status;

const owed = async () =>
  (await asPostgres<{ amount_minor: number }>(
    `select amount_minor::int from public.payments where purpose = 'damage'`,
  )).map(({ amount_minor: minor }) => minor);

test('a guest who accepts while staff award less owes what staff said, once', async () => {
  const { claim, guest, staff } = await oldClaim();
  await staff.begin();
  expect(await told(staff, 'staff_decide', claim, `, 2500, 'It wears.'`)).toBe('owed');
  await guest.begin();
  const accepting = meanwhile(told(guest, 'accept', claim));
  await guest.waits();
  await staff.commit();
  expect(await accepting).toBe('owed');
  await guest.commit();
  expect(await owed()).toEqual([2_500]);
});

test('staff who decide what was just accepted are told so', async () => {
  const { claim, guest, staff } = await oldClaim();
  await guest.begin();
  expect(await told(guest, 'accept', claim)).toBe('owed');
  await staff.begin();
  const deciding = meanwhile(told(staff, 'staff_decide', claim, `, 2500, 'It wears.'`));
  await staff.waits();
  await guest.commit();
  await expect(deciding).rejects.toThrow('claim_closed');
  await staff.rollback();
  expect(await owed()).toEqual([8_000]);
});

test('a claim that is accepted twice at once is owed once', async () => {
  const { claim, guest } = await oldClaim();
  const again = await session(await person('Ada'));
  await guest.begin();
  await told(guest, 'accept', claim);
  await again.begin();
  const accepting = meanwhile(told(again, 'accept', claim));
  await again.waits();
  await guest.commit();
  expect(await accepting).toBe('owed');
  await again.commit();
  expect(await owed()).toEqual([8_000]);
});

test('a host who withdraws what was just accepted is told so', async () => {
  const { claim, guest, host } = await oldClaim();
  await guest.begin();
  await told(guest, 'accept', claim);
  await host.begin();
  const withdrawing = meanwhile(told(host, 'withdraw', claim));
  await host.waits();
  await guest.commit();
  await expect(withdrawing).rejects.toThrow('claim_closed');
  await host.rollback();
});

test('a guest who accepts what was just withdrawn owes nothing', async () => {
  const { claim, guest, host } = await oldClaim();
  await host.begin();
  await told(host, 'withdraw', claim);
  await guest.begin();
  const accepting = meanwhile(told(guest, 'accept', claim));
  await guest.waits();
  await host.commit();
  await expect(accepting).rejects.toThrow('claim_closed');
  await guest.rollback();
  expect(await owed()).toEqual([]);
});

test('two claims at once are one', async () => {
  const { claim, host, file } = await oldClaim();
  await host.begin();
  await told(host, 'withdraw', claim);
  await host.commit();
  const cohost = await session(await person('Hedy'));
  await host.begin();
  await file(host, randomUUID());
  await cohost.begin();
  const filing = meanwhile(file(cohost, randomUUID()));
  await cohost.waits();
  await host.commit();
  await expect(filing).rejects.toThrow('claim_open');
  await cohost.rollback();
});
