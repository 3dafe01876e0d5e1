import { Icon } from '../kit/icons.tsx';
import { settings } from '../settings.ts';

/** Whose map it is, if the settings name tiles. */
export function Source() {
  return settings.tilesAttribution
    ? (
      <p class='home-map-source'>
        <Icon name='map' />
        {settings.tilesAttribution}
      </p>
    )
    : null;
}
