import type { Map as LeafletMap } from 'leaflet';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../../kit/index.ts';
import { groundOptions, layGround } from '../../map/ground.ts';
import '../../map/home-map.css';
import { Map } from '../../map/leaflet.ts';
import { Zoom } from '../../map/zoom.tsx';

export interface Point {
  latitude: number;
  longitude: number;
}

const rounded = (value: number) => Math.round(value * 1e6) / 1e6;

/**
 * A map centred on the home: it is moved by dragging, with the arrow keys or the wheel, and reports its
 * centre once it is at rest.
 */
export default function PinMap(
  { label, point, onPoint }: {
    label: string;
    point: Point | null;
    onPoint: (point: Point) => void;
  },
) {
  const frame = useRef<HTMLDivElement>(null);
  const map = useRef<LeafletMap>(null);
  const told = useRef(onPoint);
  told.current = onPoint;
  useEffect(() => {
    const made = new Map(frame.current!, {
      ...groundOptions,
      zoomControl: false,
      attributionControl: false,
      worldCopyJump: true,
      minZoom: 2,
      maxZoom: 18,
      scrollWheelZoom: 'center',
      doubleClickZoom: 'center',
      touchZoom: 'center',
      boxZoom: false,
    });
    map.current = made;
    made.setView(point ? [point.latitude, point.longitude] : [46, 6], point ? 15 : 4);
    void layGround(made);
    let byReader = false;
    const container = made.getContainer();
    const begin = () => void (byReader = true);
    for (const event of ['pointerdown', 'keydown']) container.addEventListener(event, begin);
    made.on('moveend', () => {
      if (!byReader) return;
      byReader = false;
      const { lat, lng } = made.getCenter().wrap();
      told.current({ latitude: rounded(lat), longitude: rounded(lng) });
    });
    return () => {
      made.remove();
      map.current = null;
    };
  }, []);
  useEffect(() => {
    const made = map.current;
    if (!made || !point) return;
    const { lat, lng } = made.getCenter();
    if (Math.abs(lat - point.latitude) < 1e-5 && Math.abs(lng - point.longitude) < 1e-5) return;
    made.setView([point.latitude, point.longitude], Math.max(made.getZoom(), 13));
  }, [point?.latitude, point?.longitude]);
  return (
    <div class='pin-map'>
      <div ref={frame} class='pin-frame home-map-frame' role='application' aria-label={label} />
      <span class='pin-middle' data-set={point !== null || undefined}>
        <Icon name='pin' filled />
      </span>
      <Zoom onZoom={(step) => map.current?.setZoom(map.current.getZoom() + step)} />
    </div>
  );
}
