import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../support/seeds.ts';
import { home } from '../support/stays.ts';
import { asPostgres } from '../support/stack.ts';

// Sixteenths of a degree, so that the model and the database reckon without rounding.
const step = 16;
const longitudes = [-180, -179.9375, -170, -90, -0.0625, 0, 2.5, 20.4375, 90, 170, 179.9375, 180];
const latitudes = [-90, -16.5, 0, 48.8125, 90];

const degrees = (most: number) =>
  fc.integer({ min: -most * step, max: most * step }).map((sixteenths) => sixteenths / step);
/** Where a map may have been dragged: near the homes, some worlds away. */
const edge = fc.oneof(
  degrees(1000),
  fc.tuple(fc.constantFrom(...longitudes), fc.integer({ min: -4, max: 4 }), degrees(1))
    .map(([longitude, worlds, off]) => longitude + 360 * worlds + off),
);

/** Whether a place lies in a box, by going east from its western edge. */
function isInside(
  place: [number, number],
  box: Record<'west' | 'south' | 'east' | 'north', number>,
) {
  const [longitude, latitude] = place;
  const { west, south, east, north } = box;
  const clamp = (degrees: number) => Math.max(-90, Math.min(90, degrees));
  if (latitude < clamp(south) || latitude > clamp(north)) return false;
  if (east - west >= 360) return true;
  const modulo = (degrees: number) => ((degrees % 360) + 360) % 360;
  return modulo(longitude - west) <= modulo(east - west);
}

test('a box of a map finds the homes that lie in it, wherever the map was dragged', async () => {
  const places = new Map<string, [number, number]>();
  for (const longitude of longitudes) {
    for (const latitude of latitudes) {
      const id = await home();
      await asPostgres(
        'update public.listings set longitude = $2, latitude = $3 where listing_id = $1',
        [id, longitude, latitude],
      );
      places.set(id, [longitude, latitude]);
    }
  }
  await fc.assert(
    fc.asyncProperty(
      edge,
      edge,
      degrees(200),
      degrees(200),
      fc.constantFrom('price', 'newest', 'rating'),
      async (west, east, one, other, sort) => {
        const box = { west, east, south: Math.min(one, other), north: Math.max(one, other) };
        const found = await asPostgres<{ listing_id: string }>(
          'select listing_id from public.search_listings($1, $2, $3, $4, sort => $5, page_size => 100)',
          [box.west, box.south, box.east, box.north, sort],
        );
        const inside = [...places].filter(([, place]) => isInside(place, box)).map(([id]) => id);
        expect(found.map(({ listing_id }) => listing_id).sort()).toEqual(inside.sort());
      },
    ),
    runs(300),
  );
});

test('a longitude is one modulo 360, and stays as it is from -180 to 180', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.double({ min: -180, max: 180, noNaN: true }),
      degrees(100_000),
      async (near, far) => {
        const [row] = await asPostgres<{ near: number; far: number }>(
          'select private.longitude($1) as near, private.longitude($2) as far',
          [near, far],
        );
        expect(row?.near).toBeCloseTo(near, 15);
        expect(Math.abs(row?.far ?? NaN)).toBeLessThanOrEqual(180);
        expect(Math.abs(((row?.far ?? NaN) - far) % 360)).toBe(0);
      },
    ),
    runs(100),
  );
});
