import { core } from '../i18n/index.ts';

/** The two buttons of a map. */
export function Zoom({ onZoom }: { onZoom: (step: 1 | -1) => void }) {
  const words = core().search;
  return (
    <div class='home-map-zoom'>
      <button type='button' aria-label={words.zoomIn} onClick={() => onZoom(1)}>+</button>
      <button type='button' aria-label={words.zoomOut} onClick={() => onZoom(-1)}>−</button>
    </div>
  );
}
