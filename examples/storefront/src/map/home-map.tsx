import type { LeafletEvent, Map as LeafletMap, Marker as LeafletMarker } from 'leaflet';
import { useEffect, useRef, useState } from 'preact/hooks';
import { roundPrice } from '../format.ts';
import { core } from '../i18n/index.ts';
import type { Box } from '../pages/search/criteria.ts';
import { apart, type Pin, type Spot } from './apart.ts';
import { groundOptions, layGround } from './ground.ts';
import { DivIcon, Map, Marker } from './leaflet.ts';
import { Source } from './source.tsx';
import { Zoom } from './zoom.tsx';
import './home-map.css';

interface Props {
  label: string;
  pins: Pin[] | undefined;
  /** The visible box; null fits all pins. */
  box: Box | null;
  titles: ReadonlyMap<string, string>;
  /** The home that the reader points at in the list. */
  pointed: string | null;
  chosen: string | null;
  onChoose: (listing_id: string | null) => void;
  /** Called once each time the reader has moved the map. */
  onMove: (box: Box) => void;
}

const keyOf = (pin: Pin) => pin.listing_id ?? `${pin.latitude} ${pin.longitude}`;
const rest = 350;

export default function HomeMap(
  { label, pins, box, titles, pointed, chosen, onChoose, onMove }: Props,
) {
  const frame = useRef<HTMLDivElement>(null);
  const map = useRef<LeafletMap>(null);
  const markers = useRef(new globalThis.Map<string, LeafletMarker>());
  const spots = useRef(new globalThis.Map<string, Spot>());
  const moved = useRef<string>('');
  const [level, setLevel] = useState(2);
  const calls = useRef({ onMove, onChoose });
  calls.current = { onMove, onChoose };
  const words = core().search;

  useEffect(() => {
    const made = new Map(frame.current!, {
      ...groundOptions,
      zoomControl: false,
      attributionControl: false,
      worldCopyJump: true,
      minZoom: 2,
      maxZoom: 18,
      zoomSnap: 0.5,
      boxZoom: false,
    });
    map.current = made;
    made.setView([30, 10], 2);
    void layGround(made);
    let timer: ReturnType<typeof setTimeout>;
    let byReader = false;
    const begin = () => {
      clearTimeout(timer);
      byReader = true;
    };
    const container = made.getContainer();
    for (const event of ['pointerdown', 'wheel', 'keydown', 'dblclick']) {
      container.addEventListener(event, begin, { passive: true });
    }
    made.on('movestart', () => clearTimeout(timer));
    made.on('moveend', () => {
      clearTimeout(timer);
      if (!byReader) return;
      timer = setTimeout(() => {
        byReader = false;
        const seen = boxOf(made);
        if (JSON.stringify(seen) === moved.current) return;
        moved.current = JSON.stringify(seen);
        calls.current.onMove(seen);
      }, rest);
    });
    made.on('zoomend', () => setLevel(made.getZoom()));
    made.on('click', () => calls.current.onChoose(null));
    const resized = new ResizeObserver(() => made.invalidateSize({ pan: false }));
    resized.observe(container);
    return () => {
      clearTimeout(timer);
      resized.disconnect();
      made.remove();
      markers.current.clear();
    };
  }, []);

  // A box that the reader did not move to, or at first everything.
  const wanted = box ? JSON.stringify(box) : pins && pins.length > 0 ? 'pins' : '';
  useEffect(() => {
    if (!map.current || wanted === '' || wanted === moved.current) return;
    if (box && sameBox(box, moved.current)) return;
    moved.current = wanted;
    const corners: [number, number][] = box
      ? [[box.south, box.west], [box.north, box.east]]
      : pins!.map(({ latitude, longitude }) => [latitude, longitude]);
    map.current.fitBounds(corners, {
      animate: false,
      maxZoom: 15,
      padding: box ? [0, 0] : [48, 48],
    });
  }, [wanted]);

  useEffect(() => {
    if (!map.current || !pins) return;
    const gone = new Set(markers.current.keys());
    for (const pin of apart(map.current, pins, [pointed, chosen])) {
      const key = keyOf(pin);
      gone.delete(key);
      spots.current.set(key, pin);
      const amount = roundPrice(pin.total_minor ?? pin.nightly_minor, pin.currency);
      const title = pin.listing_id === null ? undefined : titles.get(pin.listing_id);
      const spoken = pin.homes > 1
        ? words.cluster(core().counts.homes(pin.homes), amount)
        : title
        ? words.pin(title, amount)
        : words.pinOnly(amount);
      const known = markers.current.get(key);
      const marker = known ?? new Marker([pin.latitude, pin.longitude]);
      marker.setLatLng([pin.latitude, pin.longitude]);
      const text = pin.homes > 1 ? String(pin.homes) : amount;
      const state = `${pin.homes > 1 ? 'cluster' : 'pin'}${
        pin.listing_id !== null && pin.listing_id === chosen ? ' chosen' : ''
      }${pin.listing_id !== null && pin.listing_id === pointed ? ' pointed' : ''}`;
      const look = `${text}|${state}|${spoken}`;
      if (marker.options.alt === look) continue;
      marker.options.alt = look;
      const label = document.createElement('span');
      label.textContent = text;
      marker.setIcon(
        new DivIcon({ className: `map-mark ${state}`, html: label, iconSize: [0, 0] }),
      );
      if (!known) {
        markers.current.set(key, marker);
        marker.addTo(map.current);
        marker.on('click', (event: LeafletEvent) => {
          const { homes, ids, latitude, longitude } = spots.current.get(key)!;
          const { current } = map;
          if (homes > 1 && current!.getZoom() < current!.getMaxZoom()) {
            current!.setView([latitude, longitude], current!.getZoom() + 2);
            return;
          }
          // Homes at one and the same point are chosen one after the other.
          (event as unknown as { originalEvent?: Event }).originalEvent?.stopPropagation();
          calls.current.onChoose(ids[0] ?? null);
        });
      }
      const element = marker.getElement();
      element?.setAttribute('aria-label', spoken);
      marker.setZIndexOffset(/chosen|pointed/.test(state) ? 1000 : 0);
    }
    for (const key of gone) {
      markers.current.get(key)?.remove();
      markers.current.delete(key);
      spots.current.delete(key);
    }
  }, [pins, pointed, chosen, titles, level]);

  const zoom = (step: number) => {
    const { current } = map;
    if (!current) return;
    current.getContainer().dispatchEvent(new KeyboardEvent('keydown'));
    current.setZoom(current.getZoom() + step);
  };
  return (
    <div class='home-map'>
      <div class='home-map-frame' ref={frame} role='application' aria-label={label} />
      <Zoom onZoom={zoom} />
      <Source />
    </div>
  );
}

function boxOf(map: LeafletMap): Box {
  const bounds = map.getBounds();
  const round = (value: number) => Math.round(value * 1e4) / 1e4;
  const clamp = (value: number) => Math.max(-90, Math.min(90, value));
  return {
    west: round(bounds.getWest()),
    south: round(clamp(bounds.getSouth())),
    east: round(bounds.getEast()),
    north: round(clamp(bounds.getNorth())),
  };
}

function sameBox(box: Box, moved: string): boolean {
  if (!moved.startsWith('{')) return false;
  const other = JSON.parse(moved) as Box;
  return (['west', 'south', 'east', 'north'] as const)
    .every((side) => Math.abs(box[side] - other[side]) < 2e-4);
}
