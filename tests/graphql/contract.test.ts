import { getNamedType, type GraphQLObjectType, isLeafType } from 'graphql';
import { beforeAll, expect, test } from 'vitest';
import { asPostgres } from '../support/stack.ts';
import { ask, camelCase, rest, rowType, wholeOf } from './graph.ts';
import { mill, type Reader, town } from './town.ts';

let readers: Reader[];
beforeAll(async () => {
  readers = await town();
});

/** An answer of REST in the graph's names. */
function inCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inCamelCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [camelCase(key), inCamelCase(inner)]),
  );
}

/** An answer of the graph without the layer of connections: their rows are the list. */
function withoutNodes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNodes);
  if (typeof value !== 'object' || value === null) return value;
  if ('nodes' in value) return withoutNodes(value.nodes);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withoutNodes(inner)]),
  );
}

/** All columns of a type, as a selection. */
const leaves = (type: GraphQLObjectType, renamed: Record<string, string> = {}) =>
  Object.values(type.getFields()).filter((field) => isLeafType(getNamedType(field.type)))
    .map(({ name }) => `${renamed[name] === undefined ? '' : `${renamed[name]}: `}${name}`)
    .join(' ');

interface Table {
  name: string;
  key: string[];
}

const tables = () =>
  asPostgres<Table>(`
    select relname as name,
      array(select attname::text from unnest(conkey) with ordinality as part (attnum, place)
        join pg_attribute on attrelid = conrelid and pg_attribute.attnum = part.attnum order by place) as key
    from pg_class join pg_constraint on conrelid = pg_class.oid and contype = 'p'
    where relnamespace = 'public'::regnamespace and relkind = 'r'
      and has_table_privilege('authenticated', pg_class.oid, 'select')
    order by relname`);

test('each table shows everybody the same rows, to the last column, as REST does', async () => {
  let rows = 0;
  for (const { name, key } of await tables()) {
    const field = wholeOf(name)!;
    // Rows within rows have fields of their own; here it is about columns.
    const columns = leaves(rowType(name)!, { messageCount: 'messages' });
    for (const reader of readers) {
      const [byGraph, byRest] = await Promise.all([
        ask(`{ ${field.name}(first: 100) { nodes { ${columns} } } }`, { token: reader.token }),
        rest(`${name}?order=${key.join(',')}&limit=100`, reader.token),
      ]);
      const who = `${name} for ${reader.name}`;
      if (!Array.isArray(byRest)) {
        expect({ who, code: byGraph.errors[0]?.extensions.code }).toEqual({
          who,
          code: 'not_allowed',
        });
        continue;
      }
      const seen = Object.keys(byGraph.data?.[field.name]?.nodes[0] ?? {});
      const expected = (inCamelCase(byRest) as Record<string, unknown>[]).map((row) =>
        seen.length === 0 ? row : Object.fromEntries(seen.map((column) => [column, row[column]]))
      );
      expect({ who, rows: byGraph.data?.[field.name]?.nodes }).toEqual({ who, rows: expected });
      rows += expected.length;
    }
  }
  expect(rows).toBeGreaterThan(500);
});

const booking = '20000000-0000-4000-8000-000000000003';
const days = { check_in: '2027-06-01', check_out: '2027-06-04' };
const inGraph = 'checkIn: "2027-06-01", checkOut: "2027-06-04"';
const box = { west: '4.0', south: '46.7', east: '4.3', north: '47.0' };

/** What a screen reads, by REST and from the graph. */
const pairs: { screen: string; path: string; document: string }[] = [
  {
    screen: 'search with days',
    path: `rpc/search_listings?${new URLSearchParams({ ...box, ...days, guests: '2' })}`,
    document:
      `{ searchListings(west: 4.0, south: 46.7, east: 4.3, north: 47.0, ${inGraph}, guests: 2) {
      listingId title roomType propertyType city countryCode latitude longitude capacity bedrooms beds
      bathrooms instantBook rating reviewCount currency nightlyMinor nights totalMinor distanceMetres
      photoPath cursor } }`,
  },
  {
    screen: 'search without days, the second page',
    path: `rpc/search_listings?${new URLSearchParams({ ...box, sort: 'newest', page_size: '3' })}`,
    document:
      `{ searchListings(west: 4.0, south: 46.7, east: 4.3, north: 47.0, sort: "newest", pageSize: 3) {
      listingId title roomType propertyType city countryCode latitude longitude capacity bedrooms beds
      bathrooms instantBook rating reviewCount currency nightlyMinor nights totalMinor distanceMetres
      photoPath cursor } }`,
  },
  {
    screen: 'a home with its host, photos, prices, rules, amenities and reviews',
    path:
      `listings?listing_id=eq.${mill}&select=title,host:profiles!listings_host_id_fkey(display_name,` +
      'superhost),photos:listing_photos(storage_path,position),price:listing_prices(base_price_minor),' +
      'booking_rules(minimum_nights),amenities:listing_amenities(amenity),' +
      'reviews(stars,body,author_name)&photos.order=position&amenities.order=amenity' +
      '&reviews.order=review_id&reviews.limit=3',
    document:
      `{ listings(condition: {listingId: "${mill}"}) { nodes { title host { displayName superhost }
      photos(orderBy: POSITION_ASC) { nodes { storagePath position } } price { basePriceMinor }
      bookingRules { minimumNights } amenities(orderBy: AMENITY_ASC) { nodes { amenity } }
      reviews(first: 3) { nodes { stars body authorName } } } } }`,
  },
  {
    screen: 'the calendar of a home',
    path: `rpc/listing_calendar?listing_id=${mill}&starts_on=2027-06-01&ends_on=2027-06-08`,
    document:
      `{ listingCalendar(listingId: "${mill}", startsOn: "2027-06-01", endsOn: "2027-06-08") {
      day available priceMinor currency minimumNights arrivalAllowed departureAllowed } }`,
  },
  {
    screen: 'a quote with its lines',
    path: `rpc/quote_stay?${new URLSearchParams({ listing_id: mill, ...days, guests: '2' })}` +
      '&select=total_minor,currency,nights,lines,charges',
    document: `{ quoteStay(listingId: "${mill}", ${inGraph}, guests: 2) { totalMinor currency nights
      lines { kind night description quantity unitMinor discountMinor amountMinor }
      charges { instalment nights chargeAt amountMinor } } }`,
  },
  {
    screen: 'my trips',
    path:
      'bookings?select=status,check_in,check_out,listing:listings(title),lines:booking_lines(kind,' +
      'amount_minor),history:booking_history(to_status,actor),guest_total:guest_totals(total_minor),' +
      'payments(status,amount_minor)&order=booking_id&lines.order=position&history.order=position&payments.order=payment_id',
    document: `{ bookings { nodes { status checkIn checkOut listing { title }
      lines(orderBy: POSITION_ASC) { nodes { kind amountMinor } }
      history(orderBy: POSITION_ASC) { nodes { toStatus actor } } guestTotal { totalMinor }
      payments { nodes { status amountMinor } } } } }`,
  },
  {
    screen: 'the inbox',
    path: 'rpc/my_conversations',
    document:
      `{ myConversations { conversationId listingId listingTitle side withId withName lastMessageAt
      lastMessage lastEvent lastPosition readPosition unread } }`,
  },
  {
    screen: 'a conversation with its messages',
    path:
      'conversations?select=conversation_id,inquiry,messages:messages(position,kind,side,body,masked)' +
      '&order=conversation_id&messages.order=position',
    document: `{ conversations { nodes { conversationId inquiry
      messages(orderBy: POSITION_ASC, first: 100) { nodes { position kind side body masked } } } } }`,
  },
  {
    screen: 'whom to call about a stay',
    path: `rpc/booking_contacts?booking_id=${booking}`,
    document:
      `{ bookingContacts(bookingId: "${booking}") { profileId party displayName email phone } }`,
  },
  {
    screen: 'what a cancellation gives back',
    path: `rpc/preview_cancellation?booking_id=${booking}`,
    document: `{ previewCancellation(bookingId: "${booking}") { bookingId cancelledBy rule currency
      refundMinor owedMinor payoutMinor penaltyMinor } }`,
  },
  {
    screen: "a host's calendar of own blocks",
    path: `rpc/listing_blocks?listing_id=${mill}`,
    document: `{ listingBlocks(listingId: "${mill}") { blockId listingId checkIn checkOut note } }`,
  },
  {
    screen: 'conflicts with calendars elsewhere',
    path: 'rpc/calendar_conflicts',
    document:
      `{ calendarConflicts { listingId feedId eventId summary checkIn checkOut bookingId bookedFrom
      bookedTo } }`,
  },
  {
    screen: 'what a host earned',
    path: 'rpc/my_earnings?starts_on=2026-01-01&ends_on=2028-01-01',
    document:
      `{ myEarnings(startsOn: "2026-01-01", endsOn: "2028-01-01") { earningId kind sourceId hostId
      bookingId listingId payoutId listingTitle checkIn checkOut currency grossMinor hostFeeMinor
      adjustmentMinor penaltyMinor debtMinor netMinor earnedOn enteredAt } }`,
  },
  {
    screen: 'wishlists',
    path: 'rpc/my_wishlists',
    document:
      `{ myWishlists { wishlistId name ownerId ownerName checkIn checkOut guests infants pets homes
      members photoPaths createdAt cursor } }`,
  },
  {
    screen: 'reports to be decided',
    path: 'rpc/staff_reports',
    document:
      `{ staffReports { reportId subject subjectId category body excerpt evidence reporterId profileId
      status claimedBy claimedAt measures createdAt closedAt } }`,
  },
  {
    screen: 'the audit log',
    path: 'rpc/staff_audit_log?page_size=20',
    document:
      `{ staffAuditLog(pageSize: 20) { entryId happenedAt actor actorId action object objectId } }`,
  },
  {
    screen: 'a receipt',
    path: `rpc/preview_alteration?booking_id=${booking}&guests=1`,
    document:
      `{ previewAlteration(bookingId: "${booking}", guests: 1) { alterationId bookingId status
      proposedBy checkIn checkOut guests infants pets childAges expiresAt currency subtotalMinor guestFeeMinor taxesMinor
      totalMinor differenceMinor payoutMinor lines { kind night description quantity unitMinor
      discountMinor amountMinor } } }`,
  },
];

test.each(pairs)(
  '$screen: everybody gets the same from both, or is refused alike',
  async ({ path, document }) => {
    let answered = 0;
    for (const { name, token } of readers) {
      const [byGraph, byRest] = await Promise.all([ask(document, { token }), rest(path, token)]);
      const [root] = Object.values(byGraph.data ?? {});
      if (byGraph.errors.length > 0) {
        const { code, message } = byRest as { code: string; message: string };
        const expected = code === '42501' ? 'not_allowed' : message;
        expect({ name, code: byGraph.errors[0]!.extensions.code }).toEqual({
          name,
          code: expected,
        });
        continue;
      }
      expect({ name, answer: withoutNodes(root) }).toEqual({ name, answer: inCamelCase(byRest) });
      answered += 1;
    }
    expect(answered).toBeGreaterThan(0);
  },
);
