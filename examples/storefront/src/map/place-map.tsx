import type { Map as LeafletMap } from 'leaflet';
import { useEffect, useRef } from 'preact/hooks';
import { layGround } from './ground.ts';
import { DivIcon, Map, Marker } from './leaflet.ts';
import { Source } from './source.tsx';
import { Zoom } from './zoom.tsx';
import './home-map.css';

/**
 * The door lies at most so far from the public point (private.point_offsets), so it is inside a circle of
 * this radius, in metres.
 */
const radius = 500;
/** Metres of a pixel at the equator at zoom 0, in Web Mercator with tiles of 256 pixels. */
const metresPerPixel = 2 * Math.PI * 6_378_137 / 256;

/** The area in which a home lies. A finger or the wheel scrolls the page and not the map. */
export default function PlaceMap(
  { label, point }: { label: string; point: { latitude: number; longitude: number } },
) {
  const frame = useRef<HTMLDivElement>(null);
  const map = useRef<LeafletMap>(null);
  const { latitude, longitude } = point;
  useEffect(() => {
    const made = new Map(frame.current!, {
      zoomControl: false,
      attributionControl: false,
      minZoom: 6,
      maxZoom: 16,
      boxZoom: false,
      scrollWheelZoom: false,
      dragging: matchMedia('(pointer: fine)').matches,
    });
    map.current = made;
    made.setView([latitude, longitude], 14);
    void layGround(made);
    const area = new Marker([latitude, longitude], { interactive: false, keyboard: false });
    const draw = () => {
      const scale = metresPerPixel * Math.cos(latitude * Math.PI / 180) / 2 ** made.getZoom();
      const size = Math.max(16, 2 * radius / scale);
      area.setIcon(new DivIcon({ className: 'map-area', iconSize: [size, size] }));
    };
    draw();
    area.addTo(made);
    made.on('zoomend', draw);
    const resized = new ResizeObserver(() => made.invalidateSize({ pan: false }));
    resized.observe(made.getContainer());
    return () => {
      resized.disconnect();
      made.remove();
    };
  }, [latitude, longitude]);
  return (
    <div class='home-map'>
      <div class='home-map-frame' ref={frame} role='application' aria-label={label} />
      <Zoom onZoom={(step) => map.current?.setZoom(map.current.getZoom() + step)} />
      <Source />
    </div>
  );
}
