import { beforeEach, expect, test } from 'vitest';
import { clientOf, person } from '../support/people.ts';
import { home, june } from '../support/stays.ts';
import { setClock } from '../support/stack.ts';
import { begin, begins, control, moved, onboard, pay, settle, standing } from './paying.ts';

beforeEach(begins);

// Two nights, the guest's fee of 14.1 % and, of what the host keeps, theirs of 3 %, each half up to the
// smallest coin: Stripe takes no third decimal of a dinar but 0. Cancelled late, the second night is
// shared: of 3333 yen 1667 are kept, of 31.990 dinars 16.000.
test.each([
  { currency: 'JPY', nightly: 3_333, total: 7_606, back: 1_666, left: 4_850 },
  { currency: 'KWD', nightly: 31_990, total: 73_000, back: 15_990, left: 46_550 },
])(
  '$currency from the quote to the host: charged, refunded and transferred in whole coins',
  async ({ currency, nightly, total, back, left }) => {
    const host = await person(`Keeper${currency}`);
    const { guest, booking, intent } = await begin(
      await home({ host, currency, nightly }),
      undefined,
      june(10, 12),
    );
    const stripe = await control();
    expect(stripe.list('payment_intents')).toMatchObject([{
      amount: total,
      currency: currency.toLowerCase(),
    }]);
    await pay(intent);
    await onboard(host);
    expect(await standing(booking)).toMatchObject({ booking: 'confirmed', captured: total });

    await setClock('2031-06-09T20:00:00Z');
    const client = await clientOf(guest);
    const cancelled = await client.rpc('cancel_booking', { booking_id: booking }).throwOnError();
    expect(cancelled.data).toMatchObject({ currency, refund_minor: back });
    await settle();
    await setClock('2031-06-11T15:00:01Z');
    await settle();
    expect(await moved(booking)).toEqual({ refunds: [back], transfers: [[left, 0]] });
  },
);
