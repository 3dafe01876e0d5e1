import { ask, must } from '@staybase/client';
import { useEffect, useState } from 'preact/hooks';
import { cache, staybase } from '../../api.ts';
import { Button, Field, Notice, Select, Skeleton } from '../../kit/index.ts';
import { countries } from '../countries.ts';
import { homes } from '../words.ts';
import { rowsOf } from '../data.ts';
import type { Part } from './data.ts';
import { Group, StepForm, useSave } from './editor.tsx';
import type { Point } from './pin-map.tsx';

/** "46.842, 4.121", the format in which other maps copy coordinates. */
export function pointOf(text: string): Point | null | undefined {
  if (text.trim() === '') return null;
  const [, north, east] =
    /^\s*(-?\d{1,2}(?:\.\d+)?)°?\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)°?\s*$/.exec(text) ?? [];
  const [latitude, longitude] = [Number(north), Number(east)];
  if (north === undefined || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) {
    return undefined;
  }
  return { latitude, longitude };
}

const textOf = (point: Point | null) =>
  point ? `${point.latitude.toFixed(5)}, ${point.longitude.toFixed(5)}` : '';

function useMap() {
  const [Map, set] = useState<typeof import('./pin-map.tsx').default | null>(null);
  useEffect(() => {
    void import('./pin-map.tsx').then((module) => set(() => module.default));
  }, []);
  return Map;
}

export function Place({ home, onSaved }: Part) {
  const words = homes().place;
  const [address] = rowsOf(home.listing_addresses);
  const [country_code, setCountry] = useState(home.country_code ?? '');
  const [city, setCity] = useState(home.city ?? '');
  const [region, setRegion] = useState(home.region ?? '');
  const [street, setStreet] = useState(address?.street ?? '');
  const [unit, setUnit] = useState(address?.unit ?? '');
  const [postal_code, setPostalCode] = useState(address?.postal_code ?? '');
  const [point, setPoint] = useState<Point | null>(
    address ? { latitude: address.latitude, longitude: address.longitude } : null,
  );
  const [coordinates, setCoordinates] = useState(textOf(point));
  const [problem, setProblem] = useState('');
  const Map = useMap();
  const place = (to: Point) => {
    setPoint(to);
    setCoordinates(textOf(to));
    setProblem('');
  };
  const save = useSave({ onSaved }, async () => {
    const { listing_id } = home;
    await must(
      staybase.from('listings').update({
        country_code: country_code || null,
        city: city.trim() || null,
        region: region.trim() || null,
      }).eq('listing_id', listing_id),
    );
    await must(
      staybase.from('listing_addresses').upsert({
        listing_id,
        street: street.trim(),
        unit: unit.trim(),
        postal_code: postal_code.trim(),
        ...point!,
      }),
    );
  });
  const checked = Object.assign(async () => {
    if (point !== null) return await save();
    setProblem(words.noPoint);
    return false;
  }, { busy: save.busy, error: save.error, clear: save.clear });
  /** The search knows towns with homes, so the map can go there. */
  async function lookAtCity() {
    if (city.trim().length < 2) return;
    try {
      const [found] = await cache.load(
        ask(staybase, 'search_places', { name: city.trim(), page_size: 1 }),
      );
      if (!found) return setProblem(words.cityUnknown);
      place({
        latitude: (found.south + found.north) / 2,
        longitude: (found.west + found.east) / 2,
      });
    } catch {
      // The map stays where it is.
    }
  }
  return (
    <StepForm
      title={words.title}
      text={words.text}
      save={checked}
      isDraft={home.status === 'draft'}
    >
      <Group legend={words.address}>
        <Select
          label={homes().new.country}
          value={country_code}
          options={[
            ['', '–'] as const,
            ...countries().map(({ code, name }) => [code, name] as const),
          ]}
          onValue={setCountry}
        />
        <Field
          label={words.street}
          value={street}
          onValue={setStreet}
          autocomplete='address-line1'
          required
          maxlength={200}
        />
        <Field label={words.unit} value={unit} onValue={setUnit} maxlength={100} />
        <div class='host-pair'>
          <Field
            label={words.postalCode}
            value={postal_code}
            onValue={setPostalCode}
            autocomplete='postal-code'
            maxlength={20}
          />
          <Field
            label={words.city}
            value={city}
            onValue={setCity}
            autocomplete='address-level2'
            required
            maxlength={100}
          />
        </div>
        <Field
          label={words.region}
          value={region}
          onValue={setRegion}
          autocomplete='address-level1'
          maxlength={100}
        />
      </Group>
      <Group legend={words.map}>
        <p class='soft small'>{words.mapHint}</p>
        {Map
          ? <Map label={words.mapLabel} point={point} onPoint={place} />
          : <Skeleton height='360px' />}
        <div class='row'>
          {'geolocation' in navigator && (
            <Button
              size='small'
              onClick={() =>
                navigator.geolocation.getCurrentPosition(
                  ({ coords }) => place(coords),
                  () => setProblem(words.noPosition),
                )}
            >
              {words.here}
            </Button>
          )}
          <Button size='small' onClick={() => void lookAtCity()}>{words.lookAtCity}</Button>
        </div>
        <Field
          label={words.coordinates}
          hint={words.coordinatesHint}
          value={coordinates}
          onValue={(text) => {
            setCoordinates(text);
            const typed = pointOf(text);
            if (typed !== undefined) setPoint(typed);
          }}
          problem={pointOf(coordinates) === undefined ? words.noCoordinates : problem || undefined}
        />
        <Notice>{words.hidden}</Notice>
      </Group>
    </StepForm>
  );
}
