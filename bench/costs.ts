/** What homes and bookings cost on disk and in the log of the server, and what a rebuild of search takes. */
import type pg from 'pg';
import { compareValue, type Line } from './measure.ts';

const ofHomes = [
  'public.listings',
  'public.listing_hosts',
  'public.booking_rules',
  'public.listing_prices',
  'public.length_discounts',
  'public.listing_photos',
  'public.listing_ratings',
  'private.listing_stars',
  'public.listing_amenities',
  'private.listing_search',
];
const ofBookings = ['public.bookings', 'private.claims'];

/** Bytes on disk, with indexes, of what one home and one of its stays or blocks take in this marketplace. */
export async function measureDisk(client: pg.Client): Promise<Line[]> {
  const size = async (tables: string[], of: string) => {
    const { rows: [row] } = await client.query<{ bytes: number }>(
      `select (select sum(pg_total_relation_size(name::regclass)) from unnest($1::text[]) as name)::float
         / (select count(*) from ${of}) as bytes`,
      [tables],
    );
    return row?.bytes ?? Number.NaN;
  };
  return [
    compareValue(
      'disk of a home, with its indexes',
      await size(ofHomes, 'public.listings'),
      'bytes',
    ),
    compareValue(
      'of which the read model of search',
      await size(['private.listing_search'], 'public.listings'),
      'bytes',
    ),
    compareValue(
      'disk of a stay or block, with its indexes',
      await size(ofBookings, 'private.claims'),
      'bytes',
    ),
  ];
}

/** How long a rebuild of the read model takes, and how much WAL it writes, for a thousand homes. */
export async function measureRebuild(client: pg.Client): Promise<Line[]> {
  const { rows: [before] } = await client.query<{ lsn: string }>(
    'select pg_current_wal_lsn() as lsn',
  );
  const began = performance.now();
  // A part of a large marketplace is enough: private.rebuild_search() does the same for all homes.
  const { rows: [rebuilt] } = await client.query<{ homes: number; bytes: number }>(
    `with rebuilt as materialized (
       select private.refresh_whole_search(
         array(select listing_id from public.listings order by listing_id limit 10000)) as homes)
     select homes, pg_wal_lsn_diff(pg_current_wal_insert_lsn(), $1)::float as bytes from rebuilt`,
    [before?.lsn],
  );
  const thousands = (rebuilt?.homes ?? 0) / 1000;
  return [
    compareValue(
      'rebuild of the read model, a thousand homes',
      (performance.now() - began) * 1000 / thousands,
      'time',
    ),
    compareValue('its log, a thousand homes', (rebuilt?.bytes ?? 0) / thousands, 'bytes'),
  ];
}
