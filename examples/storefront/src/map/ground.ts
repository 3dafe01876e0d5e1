import type { Coords, Map as LeafletMap } from 'leaflet';
import { settings } from '../settings.ts';
import { GridLayer } from './leaflet.ts';

/** Degrees in the notation of a sea chart, at the edges of its squares. */
function degrees(value: number, [positive, negative]: [string, string], digits: number): string {
  return `${Math.abs(value).toFixed(digits)}° ${value < 0 ? negative : positive}`;
}

// A chart of squares with their degrees: it moves with the map and makes no requests.
const Chart = GridLayer.extend({
  createTile(this: GridLayer, { x, y, z }: Coords) {
    const tile = document.createElement('div');
    tile.className = 'chart-tile';
    const longitude = (x / 2 ** z) * 360 - 180;
    const latitude = Math.atan(Math.sinh(Math.PI * (1 - 2 * y / 2 ** z))) * 180 / Math.PI;
    const digits = z > 9 ? 2 : z > 6 ? 1 : 0;
    tile.textContent = `${degrees(latitude, ['N', 'S'], digits)}  ${
      degrees(longitude, ['E', 'W'], digits)
    }`;
    return tile;
  },
}) as unknown as new () => GridLayer;

/**
 * The chart changes at once: animated, each of its squares is drawn again at twice its size before the first frame,
 * which takes a browser without a graphics card 165 ms.
 */
export const groundOptions = {
  zoomAnimation: settings.tiles !== undefined,
  fadeAnimation: settings.tiles !== undefined,
};

/** The base layer: map tiles if the settings name some, otherwise our own chart. */
export async function layGround(map: LeafletMap): Promise<void> {
  if (settings.tiles === undefined) {
    new Chart().addTo(map);
    return;
  }
  const { TileLayer } = await import('leaflet/src/layer/tile/TileLayer.js');
  new TileLayer(settings.tiles, { maxZoom: 19 }).addTo(map);
}
