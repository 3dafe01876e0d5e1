import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { clientOf, type Person, person } from '../support/people.ts';
import { session } from '../support/sessions.ts';
import { home, june, meanwhile } from '../support/stays.ts';
import { asPostgres, setClock } from '../support/stack.ts';
import {
  begin,
  begins,
  control,
  moved,
  pay,
  settle,
  staff,
  staffCancels,
  standing,
  work,
} from './paying.ts';

beforeEach(begins);

/** Ada has paid 228.20 for two nights. */
async function paid(nights = june(1, 3), listing?: string) {
  const begun = await begin(listing ?? await home(), undefined, nights);
  await pay(begun.intent);
  await work();
  return begun;
}

test('a refund of more than remains gives back what remains', async () => {
  const { booking, intent } = await paid();
  const stripe = await control();
  await stripe.refund({ payment_intent: intent, amount: 20_000 });
  await stripe.settled();
  expect(await staffCancels(booking, 22_821)).toBe('invalid_refund');
  expect(await staffCancels(booking, 10_000)).toBeUndefined();
  await settle();
  expect((await moved(booking)).refunds).toEqual([20_000, 2_820]);
  expect(await standing(booking)).toMatchObject({ captured: 22_820, refunded: 22_820 });
});

test('two refunds at once: the second waits for the first, and takes what is left', async () => {
  const { guest, booking } = await paid();
  await setClock('2031-06-01T16:00:00Z');
  const complaint = randomUUID();
  await (await clientOf(guest)).rpc('file_complaint', {
    complaint_id: complaint,
    booking_id: booking,
    category: 'not_clean',
    complaint: 'Dust.',
  }).throwOnError();
  await staff();
  const sam = await person('Sam');
  const [one, other] = [await session(sam), await session(sam)];
  await one.begin();
  await other.begin();
  await one.run(`select public.staff_decide_complaint($1, 20000, 'Dust.')`, [complaint]);
  const second = meanwhile(
    other.run(`select public.staff_cancel_booking($1, 22820, 'Flood.')`, [booking]),
  );
  await other.waits();
  await one.commit();
  await second;
  await other.commit();
  await settle();
  expect((await moved(booking)).refunds.sort()).toEqual([20_000, 2_820]);
});

test('two refunds at once, of ours and in the dashboard: never over', async () => {
  const { booking, intent } = await paid();
  const stripe = await control();
  stripe.weather({ drop: 1 });
  const made = await stripe.refund({ payment_intent: intent, amount: 20_000 });
  await staff();
  const [sam, server] = [await session(await person('Sam')), await session()];
  await sam.begin();
  await server.begin();
  await sam.run(`select public.staff_cancel_booking($1, 22820, 'Flood.')`, [booking]);
  const imported = meanwhile(
    server.run(`select public.import_refund('evt_1', $1, $2, 20000, 'succeeded')`, [
      made.id,
      intent,
    ]),
  );
  await server.waits();
  await sam.commit();
  await imported;
  await server.commit();
  await settle();
  expect((await moved(booking)).refunds).toEqual([20_000, 2_820]);
});

/** What the API's token says of somebody. */
const claims = ({ id }: Person) => JSON.stringify({ sub: id, role: 'authenticated' });

// Clocks in Paris go forward on 2032-03-28 at 02:00. Moderate is free until five days before check-in
// by the clock on the wall, 15:00 on 2032-03-26: 119 hours before, not 120.
test.each([
  { at: '2032-03-26T14:00:00Z', says: 'on the second', back: 22_820 },
  { at: '2032-03-26T14:00:01Z', says: 'a second late', back: 5_000 },
])(
  'cancelled five days before check-in across a change of the clocks, $says',
  async ({ at, back }) => {
    await setClock('2032-02-20T12:00:00Z');
    const listing = await home({ timeZone: 'Europe/Paris' });
    await asPostgres(
      `update public.listings set cancellation_policy = 'moderate' where listing_id = $1`,
      [listing],
    );
    const { guest, booking } = await paid(
      { checkIn: '2032-03-31', checkOut: '2032-04-02' },
      listing,
    );
    // In one transaction time stands still.
    await asPostgres(
      `update private.clock set shift = '${at}'::timestamptz - now();
       select set_config('role', 'authenticated', true),
         set_config('request.jwt.claims', '${claims(guest)}', true);
       select public.cancel_booking('${booking}');`,
    );
    const client = await clientOf(guest);
    const settled = await client.from('cancellations').select('rule, cancelled_at').eq(
      'booking_id',
      booking,
    ).single();
    expect(settled.data?.rule).toBe('moderate');
    expect(new Date(settled.data?.cancelled_at ?? 0).toISOString()).toBe(at.replace('Z', '.000Z'));
    await settle();
    expect((await moved(booking)).refunds).toEqual([back]);
  },
);
