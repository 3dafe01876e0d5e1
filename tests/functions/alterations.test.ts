import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { clientOf, type Person, person } from '../support/people.ts';
import { home, june } from '../support/stays.ts';
import { asPostgres, moveClock } from '../support/stack.ts';
import { begin, begins, type Begun, createPayment, pay, problemsOf, work } from './paying.ts';

beforeEach(begins);

interface Wish extends Begun {
  host: Person;
  alteration: string;
}

/** Ada has paid for 1 to 3 June, 228.20, and her host has agreed to a night more. */
async function accepted(): Promise<Wish> {
  const host = await person('Hedy');
  const begun = await begin(await home({ host }));
  await pay(begun.intent);
  const alteration = randomUUID();
  await (await clientOf(begun.guest)).rpc('propose_alteration', {
    alteration_id: alteration,
    booking_id: begun.booking,
    check_out: june(1, 4).checkOut,
  }).throwOnError();
  await (await clientOf(host)).rpc('accept_alteration', { alteration_id: alteration })
    .throwOnError();
  return { ...begun, host, alteration };
}

/** The intent for the difference, as the guest's browser gets it. */
async function difference({ guest, booking }: Wish): Promise<string> {
  const { status, body } = await createPayment(guest, booking);
  expect(status, JSON.stringify(body)).toBe(200);
  expect(body.amount_minor).toBe(11_410);
  return String(body.client_secret).split('_secret_')[0] ?? '';
}

/** The alteration, the stay and what the guest has paid and not got back. */
async function books({ booking, alteration }: Wish) {
  const [row] = await asPostgres<{ line: string }>(
    `select concat_ws(' ', alterations.status, to_char(bookings.check_out, 'MM-DD'), guest_totals.total_minor,
       (select sum(captured_minor - refunded_minor) from public.payments where booking_id = $1)) as line
     from public.bookings
     join public.guest_totals using (booking_id)
     join public.alterations using (booking_id)
     where booking_id = $1 and alteration_id = $2`,
    [booking, alteration],
  );
  return row?.line;
}

const differences = () =>
  asPostgres(`select * from private.reconciliation_report() where difference = 'ledger_differs'`);

test('a difference that is paid in time alters the stay', async () => {
  const wish = await accepted();
  const intent = await difference(wish);
  expect(await difference(wish)).toBe(intent);
  await pay(intent);
  await work();
  expect(await books(wish)).toBe('applied 06-04 34230 34230');
  expect(await problemsOf(wish.booking)).toEqual([]);
  expect(await differences()).toEqual([]);
});

test('a declined card alters nothing; another card pays', async () => {
  const wish = await accepted();
  const intent = await difference(wish);
  await pay(intent, 'chargeDeclined');
  expect(await books(wish)).toBe('awaiting_payment 06-03 22820 22820');
  await pay(intent);
  expect(await books(wish)).toBe('applied 06-04 34230 34230');
});

test('a difference that is not paid in time is cancelled, and the booking is as it was', async () => {
  const wish = await accepted();
  await difference(wish);
  await moveClock('18 minutes');
  await work();
  expect(await books(wish)).toBe('expired 06-03 22820 22820');
  expect((await createPayment(wish.guest, wish.booking)).body.code).toBe('already_paid');
  const payments = await asPostgres<{ status: string }>(
    'select status from public.payments where booking_id = $1 order by instalment',
    [wish.booking],
  );
  expect(payments.map(({ status }) => status)).toEqual(['captured', 'cancelled']);
  expect(await differences()).toEqual([]);
});

test('money that comes after the end goes back', async () => {
  const wish = await accepted();
  const intent = await difference(wish);
  await asPostgres(
    `update public.alterations set expires_at = private.now() where alteration_id = $1`,
    [
      wish.alteration,
    ],
  );
  await asPostgres(
    'select private.expire_alteration(bookings) from public.bookings where booking_id = $1',
    [
      wish.booking,
    ],
  );
  await pay(intent);
  await work();
  expect(await books(wish)).toBe('expired 06-03 22820 22820');
  expect(await differences()).toEqual([]);
});
