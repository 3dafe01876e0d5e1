import { type Market, newId, type Person } from './market.ts';

/** What people do in a marketplace, each as a frontend asks for it. */

const dayMs = 86_400_000;

/** A day as the API writes it, counted from another. */
export const dayAfter = (from: Date, days: number): string =>
  new Date(from.getTime() + days * dayMs).toISOString().slice(0, 10);

export interface Home {
  id: string;
  host: Person;
}

/** A host makes a home and publishes it; each month of its calendar of a year has its own price. */
export async function createHome(
  market: Market,
  host: Person,
  at: { latitude: number; longitude: number },
  today: Date,
): Promise<Home> {
  const listing_id = newId();
  const asks = (path: string, body: object, method?: string) =>
    market.ask(`/rest/v1/${path}`, body, host, method);
  await asks('rpc/create_listing', {
    listing_id,
    title: 'A quiet home by the river',
    time_zone: 'Europe/Paris',
    currency: 'EUR',
    capacity: 4,
  });
  await asks('listing_addresses', {
    listing_id,
    street: '1 Rue de la Gare',
    postal_code: '71000',
    ...at,
  });
  await asks('listings?listing_id=eq.' + listing_id, {
    description:
      'Two rooms under the roof, a kitchen with a view, and a garden with an old pear tree. '
        .repeat(6),
    country_code: 'FR',
    region: 'Bourgogne',
    city: 'Mâcon',
    instant_book: true,
  }, 'PATCH');
  await asks('listing_prices', { listing_id, base_price_minor: 10_000 });
  await asks('rpc/publish_listing', { listing_id });
  for (let month = 0; month < 12; month += 1) {
    const [from, to] = [month, month + 1].map((at) => Math.round(at * 365 / 12));
    await asks('rpc/set_calendar', {
      listing_id,
      starts_on: dayAfter(today, from!),
      ends_on: dayAfter(today, to!),
      price_minor: 9_000 + 250 * month,
    });
  }
  return { id: listing_id, host };
}

export interface Stay {
  booking: string;
  home: Home;
  guest: Person;
  checkIn: string;
  checkOut: string;
}

/**
 * A guest asks for the price, requests the stay and pays, or saves the card if it is charged later;
 * what Stripe says of it has arrived.
 */
export async function book(
  market: Market,
  guest: Person,
  home: Home,
  nights: { checkIn: string; checkOut: string },
): Promise<Stay> {
  const booking = newId();
  const stay = {
    listing_id: home.id,
    check_in: nights.checkIn,
    check_out: nights.checkOut,
    guests: 2,
  };
  const quote = await market.ask('/rest/v1/rpc/quote_stay', stay, guest) as {
    total_minor: number;
    cancellation_policy: string;
  };
  await market.ask('/rest/v1/rpc/request_booking', {
    ...stay,
    booking_id: booking,
    expected_total_minor: quote.total_minor,
    expected_cancellation_policy: quote.cancellation_policy,
  }, guest);
  const payment = await market.ask('/functions/v1/create-payment', {
    booking_id: booking,
  }, guest) as { mode: 'payment' | 'setup'; client_secret: string };
  const [intent = ''] = payment.client_secret.split('_secret_');
  if (payment.mode === 'setup') await market.stripe.setUp(intent);
  else await market.stripe.pay(intent);
  await market.stripe.settled();
  return { booking, home, guest, ...nights };
}

/** The page of a home: what the storefront shows there, and the calendar of a year. */
export async function openHome(market: Market, listing: string): Promise<void> {
  await Promise.all([
    `listings?listing_id=eq.${listing}&select=title,description,house_rules,` +
    'host:profiles!listings_host_id_fkey(display_name,superhost)',
    `listing_photos?listing_id=eq.${listing}&select=storage_path,caption&limit=20`,
    `listing_amenities?listing_id=eq.${listing}&select=amenity&limit=50`,
    `listing_ratings?listing_id=eq.${listing}&select=rating,review_count`,
    `reviews?listing_id=eq.${listing}&select=author_name,stars,body&limit=6`,
    `rpc/listing_calendar?listing_id=${listing}&select=day,available,price_minor`,
  ].map((path) => market.ask(`/rest/v1/${path}`)));
}

/** A guest writes to the hosts of a home; returns the conversation. */
export async function writeToHost(market: Market, guest: Person, home: Home): Promise<string> {
  const message = await market.ask('/rest/v1/rpc/start_conversation', {
    message_id: newId(),
    listing_id: home.id,
    body: 'Hello! We are two, and would love to stay. Is there a place for our bicycles?',
  }, guest) as { conversation_id: string };
  return message.conversation_id;
}

export const send = (market: Market, from: Person, conversation: string, body: string) =>
  market.ask('/rest/v1/rpc/send_message', {
    message_id: newId(),
    conversation_id: conversation,
    body,
  }, from);

/** A guest says how it was. */
export const review = (market: Market, { booking, guest }: Stay, stars: number) =>
  market.ask('/rest/v1/rpc/review_stay', {
    booking_id: booking,
    stars,
    cleanliness: stars,
    accuracy: stars,
    check_in: stars,
    communication: stars,
    location: stars,
    value: stars,
    body:
      'We slept well, and the garden is as lovely as it looks. The host helped us with everything.',
  }, guest);

/** A guest looks at what a cancellation would bring, and cancels. */
export async function cancel(market: Market, { booking, guest }: Stay): Promise<void> {
  const preview = await market.ask('/rest/v1/rpc/preview_cancellation', {
    booking_id: booking,
  }, guest) as { refund_minor: number; owed_minor: number };
  await market.ask('/rest/v1/rpc/cancel_booking', {
    booking_id: booking,
    expected_refund_minor: preview.refund_minor,
    expected_owed_minor: preview.owed_minor,
  }, guest);
}
