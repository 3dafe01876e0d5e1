import type { AnswerOf } from '@staybase/client';
import type { Map as LeafletMap } from 'leaflet';

export type Pin = Pick<
  AnswerOf<'search_pins'>[number],
  'listing_id' | 'latitude' | 'longitude' | 'homes' | 'currency' | 'nightly_minor' | 'total_minor'
>;

/** What is drawn at one place: a pin, or several that would lie on top of each other. */
export type Spot = Pin & { ids: string[] };

// A little less than the size of a pin: edges may touch.
const width = 64;
const height = 28;

/** Pins that would hide each other become one spot with the number of their homes. */
export function apart(map: LeafletMap, pins: Pin[], alone: (string | null)[]): Spot[] {
  const spots: (Spot & { x: number; y: number })[] = [];
  // What the reader points at is drawn on top, by itself.
  const isAlone = ({ listing_id }: Pin) => listing_id !== null && alone.includes(listing_id);
  for (const pin of pins) {
    const { x, y } = map.project([pin.latitude, pin.longitude]);
    const ids = pin.listing_id === null ? [] : [pin.listing_id];
    const near = isAlone(pin)
      ? undefined
      : spots.find((spot) =>
        !isAlone(spot) && Math.abs(spot.x - x) < width && Math.abs(spot.y - y) < height
      );
    if (near) {
      near.listing_id = null;
      near.homes += pin.homes;
      near.ids.push(...ids);
      if (pin.currency === near.currency) {
        near.nightly_minor = Math.min(near.nightly_minor, pin.nightly_minor);
        if (near.total_minor !== null && pin.total_minor !== null) {
          near.total_minor = Math.min(near.total_minor, pin.total_minor);
        }
      }
    } else spots.push({ ...pin, ids, x, y });
  }
  return spots;
}
