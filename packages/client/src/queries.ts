// The queries of a marketplace's screens, each with a key for the cache.
import { must, type Staybase } from './client.ts';
import { type AnswerOf, type ArgumentsOf, ask, type Query, query } from './verbs.ts';

/** All arguments of `search_listings` except those for paging. */
export type SearchCriteria = Omit<ArgumentsOf<'search_listings'>, 'after' | 'page_size'>;

/** A search: its list, map and filters, each alone or all in one request. */
export interface Search {
  /** The first page, the pins and the facets; the next pages are asked of `list`. */
  screen(page?: { page_size?: number }): Query<AnswerOf<'search_screen'>>;
  /** @param after the `cursor` of the last row of the previous page */
  list(page?: { after?: string; page_size?: number }): Query<AnswerOf<'search_listings'>>;
  pins: Query<AnswerOf<'search_pins'>>;
  facets: Query<AnswerOf<'search_facets'>>;
}

export function search(staybase: Staybase, criteria: SearchCriteria): Search {
  const { sort: _, ...place } = criteria;
  return {
    screen: (page = {}) => ask(staybase, 'search_screen', { ...criteria, ...page }),
    list: (page = {}) => ask(staybase, 'search_listings', { ...criteria, ...page }),
    pins: ask(staybase, 'search_pins', place),
    facets: ask(staybase, 'search_facets', place),
  };
}

const shown = `*,
  host:profiles!listings_host_id_fkey(*), listing_photos(*), listing_amenities(amenities(*)),
  booking_rules(*), listing_ratings(*), ` as const;
const publicHome = `${shown}reviews(*)` as const;
const homeOfMember = `${shown}reviews(*, bookings(guest_id)), wishlist_homes(wishlist_id)` as const;

/** The public data of a home, with its newest reviews. */
export const home = (staybase: Staybase, listing_id: string) =>
  query('home', { listing_id }, (signal) =>
    must(
      staybase.from('listings').select(publicHome)
        .eq('listing_id', listing_id)
        .order('position', { referencedTable: 'listing_photos' })
        .order('written_on', { referencedTable: 'reviews', ascending: false })
        .limit(6, { referencedTable: 'reviews' })
        .abortSignal(signal)
        .single(),
    ));

/**
 * The same for somebody who is signed in: with the wishlists of theirs that it is in, and with the authors
 * of reviews whose bookings they see.
 */
export const homeWithLists = (staybase: Staybase, listing_id: string) =>
  query('home', { listing_id, lists: true }, (signal) =>
    must(
      staybase.from('listings').select(homeOfMember)
        .eq('listing_id', listing_id)
        .order('position', { referencedTable: 'listing_photos' })
        .order('written_on', { referencedTable: 'reviews', ascending: false })
        .limit(6, { referencedTable: 'reviews' })
        .abortSignal(signal)
        .single(),
    ));

/** The days and guests of a stay at a home. */
export type Stay = ArgumentsOf<'quote_stay'>;

/** What a stay costs, line by line, and how much would be refunded until when. */
export const quote = (staybase: Staybase, stay: Stay): Query<{
  quote: AnswerOf<'quote_stay'>;
  refunds: AnswerOf<'quote_refunds'>;
}> =>
  query('quote', stay, async (signal) => {
    const [quote, refunds] = await Promise.all([
      ask(staybase, 'quote_stay', stay).run(signal),
      ask(staybase, 'quote_refunds', stay).run(signal),
    ]);
    return { quote, refunds };
  });

/** The bookings of a guest, latest stay first. */
export const trips = (staybase: Staybase, profile_id: string) =>
  query('trips', { profile_id }, (signal) =>
    must(
      staybase.from('bookings').select(`*,
  listings(title, city, country_code, listing_photos(storage_path)),
  host:profiles!bookings_host_id_fkey(display_name, avatar_path),
  guest_totals(total_minor)`)
        .eq('guest_id', profile_id)
        .order('check_in', { ascending: false })
        .order('booking_id')
        .order('position', { referencedTable: 'listings.listing_photos' })
        .limit(1, { referencedTable: 'listings.listing_photos' })
        .limit(100)
        .abortSignal(signal),
    ));

/** One booking, as far as the signed-in guest or host may see it. */
export const booking = (staybase: Staybase, booking_id: string) =>
  query('booking', { booking_id }, (signal) =>
    must(
      staybase.from('bookings').select(`*,
  listings(title, city, country_code, house_rules, listing_photos(storage_path)),
  guest:profiles!bookings_guest_id_fkey(profile_id, display_name, avatar_path),
  host:profiles!bookings_host_id_fkey(profile_id, display_name, avatar_path),
  booking_lines(*), guest_totals(*), host_totals(*)`)
        .eq('booking_id', booking_id)
        .order('position', { referencedTable: 'listings.listing_photos' })
        .limit(1, { referencedTable: 'listings.listing_photos' })
        .abortSignal(signal)
        .single(),
    ));

/** The caller's conversations, newest first; `last` is the last one of the previous page. */
export const inbox = (
  staybase: Staybase,
  last?: { last_message_at: string; conversation_id: string },
) =>
  ask(staybase, 'my_conversations', {
    most: 20,
    ...(last && { before_at: last.last_message_at, before_id: last.conversation_id }),
  });

/** The newest messages of a conversation, or those before a position, newest first. */
export const conversation = (staybase: Staybase, conversation_id: string, before?: number) =>
  query('conversation', { conversation_id, before }, (signal) =>
    must(
      staybase.from('messages').select('*')
        .eq('conversation_id', conversation_id)
        .lt('position', before ?? 2 ** 31 - 1)
        .order('position', { ascending: false })
        .limit(50)
        .abortSignal(signal),
    ));

/** A person's notifications, newest first; `last` is the last one of the previous page. */
export const notifications = (
  staybase: Staybase,
  last?: { created_at: string; notification_id: string },
) =>
  query('notifications', { at: last?.created_at, id: last?.notification_id }, (signal) => {
    const rows = staybase.from('notifications').select('*')
      .order('created_at', { ascending: false })
      .order('notification_id', { ascending: false })
      .limit(20)
      .abortSignal(signal);
    if (last === undefined) return must(rows);
    const { created_at: at, notification_id: id } = last;
    return must(
      rows.lte('created_at', at)
        .or(`created_at.lt."${at}",and(created_at.eq."${at}",notification_id.lt.${id})`),
    );
  });

/** The number of unread notifications. */
export const unreadNotifications = (staybase: Staybase): Query<number> =>
  query('notifications_unread', {}, async (signal) => {
    const { count, error } = await staybase.from('notifications')
      .select('*', { count: 'exact', head: true }).is('read_at', null).abortSignal(signal);
    if (error) throw error;
    return count ?? 0;
  });

/** The caller's wishlists. */
export const wishlists = (staybase: Staybase, after?: string) =>
  ask(staybase, 'my_wishlists', { ...(after && { after }) });

/** The homes of a wishlist. */
export const wishlist = (staybase: Staybase, wishlist_id: string, after?: string) =>
  ask(staybase, 'wishlist_cards', { wishlist_id, ...(after && { after }) });

/** The homes that a person hosts, including drafts, with their role. */
export const hosting = (staybase: Staybase, profile_id: string) =>
  query('hosting', { profile_id }, (signal) =>
    must(
      staybase.from('listing_hosts').select(`role,
        listings(listing_id, title, status, city, country_code, currency, time_zone, instant_book,
          listing_photos(storage_path), listing_ratings(rating, review_count))`)
        .eq('profile_id', profile_id)
        .order('position', { referencedTable: 'listings.listing_photos' })
        .limit(1, { referencedTable: 'listings.listing_photos' })
        .abortSignal(signal),
    ));

/** The bookings of a host's homes, by check-in, without those that ended before `since`. */
export const hostBookings = (staybase: Staybase, profile_id: string, since: string) =>
  query('host_bookings', { profile_id, since }, (signal) =>
    must(
      staybase.from('bookings').select(`*,
  listings(title),
  guest:profiles!bookings_guest_id_fkey(profile_id, display_name, avatar_path),
  host_totals(*)`)
        .neq('guest_id', profile_id)
        .gte('check_out', since)
        .order('check_in')
        .order('booking_id')
        .limit(200)
        .abortSignal(signal),
    ));
