import type Stripe from 'stripe';
import type { PaymentStart } from './answers.ts';
import { isOurs, metadataFor, type StripePorts } from './ours.ts';
import { isMissing, makeOnce } from './stripe.ts';

type Owner = Pick<PaymentStart, 'guest_id' | 'stripe_customer_id' | 'idempotency_key'>;

/**
 * Makes something for the guest's customer at Stripe; when that one was deleted there, for a new one.
 * What is made for another customer is another thing, so it has another key.
 */
export async function withCustomer<Made>(
  { guest_id: guestId, stripe_customer_id: known, idempotency_key: key }: Owner,
  ports: StripePorts,
  make: (key: string, customer: string) => Promise<Made>,
): Promise<Made> {
  const customer = known ?? await makeCustomer(guestId, null, ports);
  try {
    return await make(`${key}/${customer}`, customer);
  } catch (error) {
    if (!isGone(error)) throw error;
    const next = await makeCustomer(guestId, customer, ports);
    return await make(`${key}/${next}`, next);
  }
}

/**
 * The guest's customer, made once and recorded; or the next, when the one recorded was deleted at
 * Stripe, with all cards saved for it.
 */
export async function makeCustomer(
  guestId: string,
  deleted: string | null,
  ports: StripePorts,
): Promise<string> {
  const { stripe, database, environment } = ports;
  const made = await makeOnce(
    ['staybase/customer', guestId, ...(deleted === null ? [] : ['after', deleted])].join('/'),
    (options) =>
      stripe.customers.create(
        { metadata: metadataFor(environment, { guest_id: guestId }) },
        options,
      ),
    async () => (await customersOf(guestId, ports)).find(({ id }) => id !== deleted),
  );
  return await database.call('record_customer', {
    guest_id: guestId,
    stripe_customer_id: made.id,
    replaces: deleted,
  });
}

/** All customers that carry a guest's id; of those made in the last minute Stripe may not know yet. */
export async function customersOf(
  guestId: string,
  { stripe, environment }: Pick<StripePorts, 'stripe' | 'environment'>,
): Promise<Stripe.Customer[]> {
  const { data } = await stripe.customers.search({ query: `metadata['guest_id']:'${guestId}'` });
  return data.filter(({ metadata }) => isOurs(metadata, environment));
}

/** Whether Stripe refused because the customer was deleted. */
const isGone = (error: unknown) =>
  isMissing(error) && (error as Stripe.errors.StripeError).param === 'customer';
