import { ask } from '@staybase/client';
import { useEffect, useId, useState } from 'preact/hooks';
import { staybase, useQuery } from '../api.ts';
import { countryName } from '../format.ts';
import { core } from '../i18n/index.ts';
import { Icon } from '../kit/icons.tsx';
import type { Box } from '../pages/search/criteria.ts';

/** A combobox (ARIA 1.2) of the places that have homes. */
export function Where(
  { place, onPlace }: { place: string; onPlace: (place: string, box: Box | null) => void },
) {
  const words = core();
  const id = useId();
  const [text, setText] = useState(place);
  const [asked, setAsked] = useState('');
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  useEffect(() => setText(place), [place]);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(/[\p{L}\p{N}]/u.test(text) ? text.trim() : ''), 150);
    return () => clearTimeout(timer);
  }, [text]);
  const { answer: places = [], waits } = useQuery(
    isOpen && asked !== '' &&
      ask(staybase, 'search_places', { name: asked.slice(0, 100), page_size: 6 }),
  );
  const choose = (at: number) => {
    const found = places[at];
    if (!found) return;
    const { west, south, east, north, name } = found;
    // A town is shown with what is around it.
    const [wide, high] = [Math.max(0.02, (east - west) / 5), Math.max(0.02, (north - south) / 5)];
    onPlace(name, {
      west: west - wide,
      south: south - high,
      east: east + wide,
      north: north + high,
    });
    setText(name);
    setOpen(false);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setOpen(true);
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setActive((before) =>
        places.length === 0 ? -1 : (before + step + places.length) % places.length
      );
    } else if (event.key === 'Enter' && isOpen && places.length > 0) {
      event.preventDefault();
      choose(Math.max(0, active));
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault();
      setOpen(false);
    }
  };
  const shows = isOpen && asked !== '' && !waits;
  return (
    <div class='search-part search-where'>
      <label class='search-label' for={`${id}-input`}>{words.where.label}</label>
      <input
        id={`${id}-input`}
        role='combobox'
        autocomplete='off'
        aria-autocomplete='list'
        aria-expanded={shows && places.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={shows && active >= 0 ? `${id}-${active}` : undefined}
        placeholder={words.where.placeholder}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setOpen(true);
          setActive(-1);
          if (event.currentTarget.value === '') onPlace('', null);
        }}
        onKeyDown={onKey}
        onBlur={() => {
          if (isOpen && text !== place && text !== '') choose(Math.max(0, active));
          setOpen(false);
        }}
      />
      <ul
        class='where-list'
        id={`${id}-list`}
        role='listbox'
        aria-label={words.where.label}
        hidden={!shows || places.length === 0}
      >
        {places.map((found, at) => (
          <li
            key={`${found.name}${found.country_code}${found.kind}`}
            id={`${id}-${at}`}
            role='option'
            aria-selected={at === active}
            // The input keeps the focus.
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose(at)}
          >
            <Icon name='pin' />
            <span>
              <span class='strong'>{found.name}</span>
              {found.matched !== found.name && <span class='soft'>({found.matched})</span>}
              <br />
              <span class='soft small'>
                {[found.region, countryName(found.country_code)].filter(Boolean).join(', ')} ·{' '}
                {words.counts.homes(found.homes)}
              </span>
            </span>
          </li>
        ))}
      </ul>
      <p class='where-none' hidden={!shows || places.length > 0}>{words.where.nothing}</p>
      <span class='visually-hidden' role='status'>
        {shows ? words.where.found(places.length) : ''}
      </span>
    </div>
  );
}
