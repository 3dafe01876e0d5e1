import type Stripe from 'stripe';
import type { Auth } from '../_shared/auth.ts';
import type { Handler } from '../_shared/http.ts';
import { readJson } from '../_shared/http.ts';
import { makeCustomer } from '../_shared/customers.ts';
import type { PaymentStart } from '../_shared/answers.ts';
import {
  findIntent,
  isOrphan,
  makeIntent,
  makeSetup,
  refetchAndApply,
  refetchSetup,
  settleIntent,
} from '../_shared/intents.ts';
import { idOf, type StripePorts } from '../_shared/ours.ts';
import { Problem } from '../_shared/problem.ts';
import { failureOf } from '../_shared/stripe.ts';
import { type PaymentAnswer, paymentRequest } from './contract.ts';

/**
 * `{booking_id}` of a signed-in guest becomes what their browser needs to pay: `{payment_id,
 * booking_id, mode, client_secret, amount_minor, currency, charge_at, expires_at}`. In mode
 * `payment` the secret is a PaymentIntent's; in mode `setup` it is a SetupIntent's, the card is only
 * saved and charged at `charge_at`. Asked again, the same intent.
 * Throws what `start_payment` refuses with (booking_not_found, already_paid, hold_expired, ...),
 * `sign_in_required`, `invalid_body` and `payments_unavailable`.
 */
export function createPayment(ports: StripePorts & { auth: Auth }): Handler {
  const { auth, database } = ports;
  return async (request, note) => {
    const { token } = await auth.person(request);
    const { booking_id: bookingId } = await readJson(request, paymentRequest);
    note({ booking_id: bookingId });

    const start = await database.callAs(token, 'start_payment', { booking_id: bookingId });
    note({ payment_id: start.payment_id });
    const intent = await intentOf();
    note({ intent: intent.id });
    if (intent.status === 'succeeded' || intent.status === 'requires_capture') {
      throw new Problem('already_paid');
    }
    if (intent.status === 'canceled') throw new Problem('hold_expired');

    // Stripe leaves it out only for keys that may not see it: then nobody could pay.
    if (intent.client_secret === null) throw new Problem('payments_unavailable');
    const { payment_id, booking_id, mode, amount_minor, currency, charge_at, expires_at } = start;
    return Response.json(
      {
        payment_id,
        booking_id,
        mode,
        client_secret: intent.client_secret,
        amount_minor,
        currency,
        charge_at,
        expires_at,
      } satisfies PaymentAnswer,
    );

    async function intentOf(): Promise<Stripe.PaymentIntent | Stripe.SetupIntent> {
      try {
        return await (start.mode === 'setup' ? setupOf(start, ports) : paymentOf(start, ports));
      } catch (error) {
        if (failureOf(error) === undefined) throw error;
        throw new Problem('payments_unavailable', undefined, { cause: error });
      }
    }
  };
}

async function setupOf(start: PaymentStart, ports: StripePorts): Promise<Stripe.SetupIntent> {
  const known = start.stripe_intent_id === null
    ? undefined
    : await refetchSetup(start.stripe_intent_id, ports);
  if (known === undefined) return await makeSetup(start, ports);
  if (!isOrphan(known)) return known;
  const customer = await nextCustomer(start, known, ports);
  return await ports.stripe.setupIntents.update(known.id, { customer });
}

/** A later charge may have been ordered longer ago than Stripe remembers the key of its intent. */
async function forgottenIntent(start: PaymentStart, { stripe }: StripePorts) {
  if (start.charge_at === null) return undefined;
  return (await findIntent(start.payment_id, stripe))?.id;
}

async function paymentOf(start: PaymentStart, ports: StripePorts): Promise<Stripe.PaymentIntent> {
  const intentId = start.stripe_intent_id ?? await forgottenIntent(start, ports);
  if (intentId === undefined) return await makeIntent(start, ports);
  // It may have been paid since, its event still on the way.
  const known = await refetchAndApply(intentId, ports);
  if (!isOrphan(known)) return known;
  const customer = await nextCustomer(start, known, ports);
  const wasRetired = await ports.database.call('retire_intent', {
    payment_id: start.payment_id,
    stripe_intent_id: known.id,
  });
  if (!wasRetired) return known;
  await settleIntent(known.id, () => ports.stripe.paymentIntents.cancel(known.id), ports);
  return await makeIntent({ ...start, stripe_customer_id: customer }, ports);
}

/** The customer in place of the one of an orphan. */
const nextCustomer = (
  { guest_id: guestId }: PaymentStart,
  { customer }: Stripe.PaymentIntent | Stripe.SetupIntent,
  ports: StripePorts,
) => makeCustomer(guestId, idOf(customer) ?? null, ports);
