import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { type Person, person } from '../support/people.ts';
import { hasPooler, pooler } from '../support/pooler.ts';
import { asPostgres, setClock } from '../support/stack.ts';
import { home, june } from '../support/stays.ts';
import { type Answer, startGraph } from './graph.ts';

async function people(count: number, name: string): Promise<Person[]> {
  const all: Person[] = [];
  for (let i = 0; i < count; i++) all.push(await person(`${name}${i}`));
  return all;
}

test.skipIf(!hasPooler)(
  'twenty-four people at once through PgBouncer in transaction mode each see themselves alone',
  async () => {
    const ask = await startGraph({ graphqlUrl: await pooler('staybase_graphql') });
    const readers = await people(24, 'Reader');
    const seen = await Promise.all(readers.map(async ({ id, token }) => {
      const foreign: unknown[] = [];
      for (let i = 0; i < 60; i++) {
        const { data, errors } = await ask({
          query: '{ privateProfiles(first: 100) { nodes { profileId email } } profile(profileId: ' +
            `"${id}") { displayName privateProfile { profileId } } }`,
        }, token);
        const own = data?.privateProfiles?.nodes;
        if (
          errors.length > 0 || own?.length !== 1 || own[0].profileId !== id ||
          data.profile.privateProfile?.profileId !== id
        ) {
          foreign.push({ errors, own });
        }
      }
      return foreign;
    }));
    expect(seen.flat()).toEqual([]);
  },
);

const book = `mutation($input: RequestBookingMutationInput!) {
  requestBooking(input: $input) { bookingHold { bookingId status booking { guestId guest { displayName } } } }
}`;
const quote = `query($listingId: UUID!, $checkIn: Date!, $checkOut: Date!) {
  quoteStay(listingId: $listingId, checkIn: $checkIn, checkOut: $checkOut) { totalMinor }
}`;
const propose = `mutation($input: ProposeAlterationMutationInput!) {
  proposeAlteration(input: $input) { alterationTerm { alterationId status proposedBy } }
}`;
const accept = `mutation($input: AcceptAlterationMutationInput!) {
  acceptAlteration(input: $input) { alterationTerm { alterationId status } }
}`;
const wish = `mutation($input: CreateWishlistMutationInput!) {
  createWishlist(input: $input) { wishlist { wishlistId ownerId } }
}`;
const own = '{ privateProfiles { nodes { profileId } } bookings { nodes { bookingId } } }';

/** What a mutation answered, without an error. */
function done(answer: Answer, field: string) {
  expect(answer.errors).toEqual([]);
  return Object.values(answer.data[field]!)[0];
}

test.skipIf(!hasPooler)(
  'twelve guests who book and alter at once through PgBouncer each do it as themselves alone',
  async () => {
    await setClock('2031-03-12T12:00:00Z');
    const ask = await startGraph({ graphqlUrl: await pooler('staybase_graphql') });
    const hosts = await people(3, 'Landlord');
    const guests = await people(12, 'Tenant');
    const stays = await Promise.all(guests.map(async (guest, i) => ({
      guest,
      host: hosts[i % 3]!,
      listingId: await home({ host: hosts[i % 3]!, title: `Home ${i}` }),
      bookingId: randomUUID(),
      alterationId: randomUUID(),
      wishlistId: randomUUID(),
    })));

    const nights = june(2, 4);
    const { data: { quoteStay: { totalMinor: expectedTotalMinor } } } = await ask({
      query: quote,
      variables: { listingId: stays[0]!.listingId, ...nights },
    });

    // Beside them strangers, whose transactions run on the same connections and must stay strangers'.
    let isOver = false;
    onTestFinished(() => void (isOver = true));
    const strangers = Promise.all([1, 2, 3].map(async () => {
      const codes = new Set<string>();
      while (!isOver) {
        const { data, errors } = await ask({ query: own });
        codes.add(`${JSON.stringify(data)} ${errors.map(({ extensions }) => extensions.code)}`);
      }
      return [...codes];
    }));
    // Looked at in the end; should something else fail, it ends with the graph.
    strangers.catch(() => {});

    await Promise.all(stays.map(async ({ guest, listingId, bookingId, wishlistId }) => {
      const input = { listingId, bookingId, ...nights, guests: 1, expectedTotalMinor };
      const [first, list, again] = [
        await ask({ query: book, variables: { input } }, guest.token),
        await ask(
          { query: wish, variables: { input: { wishlistId, name: guest.name } } },
          guest.token,
        ),
        await ask({ query: book, variables: { input } }, guest.token),
      ];
      expect(done(first, 'requestBooking')).toMatchObject({
        bookingId,
        status: 'awaiting_payment',
        booking: { guestId: guest.id, guest: { displayName: guest.name } },
      });
      expect(again.data).toEqual(first.data);
      expect(done(list, 'createWishlist')).toEqual({ wishlistId, ownerId: guest.id });
      const { data } = await ask({ query: own }, guest.token);
      expect(data).toEqual({
        privateProfiles: { nodes: [{ profileId: guest.id }] },
        bookings: { nodes: [{ bookingId }] },
      });
    }));
    const rows = await asPostgres<{ booking_id: string; guest_id: string; owner_id: string }>(`
      select booking_id, guest_id, owner_id from public.bookings
      join public.wishlists on wishlists.owner_id = bookings.guest_id`);
    expect(rows.toSorted((one, other) => one.booking_id < other.booking_id ? -1 : 1)).toEqual(
      stays.map(({ bookingId, guest }) => ({
        booking_id: bookingId,
        guest_id: guest.id,
        owner_id: guest.id,
      })).toSorted((one, other) => one.booking_id < other.booking_id ? -1 : 1),
    );

    await asPostgres(`
      select private.apply_payment_intent(null, payment_id, 'pi_' || booking_id, 'succeeded',
        amount_minor, amount_minor, currency, 'ch_' || booking_id,
        private.now() + interval '6 days', null)
      from public.payments`);
    await Promise.all(stays.map(async ({ guest, host, bookingId, alterationId }, i) => {
      const input = { alterationId, bookingId, guests: 2, expectedTotalMinor };
      const foreign = await ask(
        { query: propose, variables: { input } },
        guests[(i + 1) % 12]!.token,
      );
      expect(foreign.errors[0]?.extensions.code).toBe('booking_not_found');
      const proposed = await ask({ query: propose, variables: { input } }, guest.token);
      expect(done(proposed, 'proposeAlteration'))
        .toEqual({ alterationId, status: 'proposed', proposedBy: 'guest' });
      const accepted = await ask(
        { query: accept, variables: { input: { alterationId } } },
        host.token,
      );
      expect(done(accepted, 'acceptAlteration')).toEqual({ alterationId, status: 'applied' });
    }));
    expect(await asPostgres('select distinct guests, status from public.bookings'))
      .toEqual([{ guests: 2, status: 'confirmed' }]);

    isOver = true;
    expect((await strangers).flat())
      .toEqual(Array(3).fill('{"privateProfiles":null,"bookings":null} not_allowed,not_allowed'));
  },
);

test.skipIf(!hasPooler)(
  'of twelve guests who want the same nights through PgBouncer one has them, and hears so',
  async () => {
    await setClock('2031-03-12T12:00:00Z');
    const ask = await startGraph({ graphqlUrl: await pooler('staybase_graphql') });
    const guests = await people(12, 'Rival');
    const stay = { listingId: await home({ host: await person('Landlord0') }), ...june(5, 7) };
    const { data: { quoteStay } } = await ask({ query: quote, variables: stay });
    const answers = await Promise.all(guests.map(async (guest) => {
      const input = {
        ...stay,
        bookingId: randomUUID(),
        expectedTotalMinor: quoteStay.totalMinor,
      };
      const { data, errors } = await ask({ query: book, variables: { input } }, guest.token);
      return {
        guest: guest.id,
        code: errors[0]?.extensions.code,
        told: data.requestBooking?.bookingHold.booking.guestId,
      };
    }));
    const rows = await asPostgres<{ guest_id: string }>(
      'select guest_id from public.bookings where listing_id = $1',
      [stay.listingId],
    );
    expect(rows).toHaveLength(1);
    expect(answers).toEqual(
      guests.map(({ id }) =>
        id === rows[0]!.guest_id
          ? { guest: id, code: undefined, told: id }
          : { guest: id, code: 'nights_taken', told: undefined }
      ),
    );
  },
);
