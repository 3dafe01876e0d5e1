import { ask, call, must, type RoomType } from '@staybase/client';
import { useLocation } from 'preact-iso/router';
import { useState } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { staybase, useQuery } from '../../api.ts';
import { core, locale } from '../../i18n/index.ts';
import { Button, ErrorBox, Field, Select, Stepper } from '../../kit/index.ts';
import { usePage } from '../../page.ts';
import { countries } from '../countries.ts';
import { Head } from '../parts.tsx';
import { homes, host } from '../words.ts';
import { homeChanged, usualCurrency } from './data.ts';
import { Choices, Group } from './editor.tsx';

const regionHere = new Intl.Locale(locale).maximize().region ?? 'FR';
const zoneHere = Intl.DateTimeFormat().resolvedOptions().timeZone;
export const roomTypes = ['entire_home', 'private_room', 'shared_room', 'hotel_room'] as const;

/** A draft: what cannot be changed later, and a name to find it by. */
export default function NewHome() {
  const words = homes().new;
  usePage(words.title);
  const { route } = useLocation();
  const [listing_id] = useState(() => crypto.randomUUID());
  const [title, setTitle] = useState('');
  const [room_type, setRoomType] = useState<RoomType>('entire_home');
  const [capacity, setCapacity] = useState(2);
  const [country_code, setCountry] = useState(regionHere);
  const [wanted, setCurrency] = useState(usualCurrency(regionHere));
  const { answer: offered, error: notOffered } = useQuery(ask(staybase, 'offered_currencies'));
  const currencies = (offered ?? []).filter(({ charged }) => charged)
    .map(({ currency }) => currency);
  const currency = currencies.includes(wanted)
    ? wanted
    : currencies.find((each) => each === 'EUR') ?? currencies[0] ?? wanted;
  const [time_zone, setZone] = useState(zoneHere);
  const create = useAction(async () => {
    await call(staybase, 'create_listing', {
      listing_id,
      title: title.trim(),
      room_type,
      capacity,
      currency,
      time_zone,
    });
    await must(staybase.from('listings').update({ country_code }).eq('listing_id', listing_id));
    homeChanged();
    route(`/host/homes/${listing_id}/place`);
  });
  const zones = Intl.supportedValuesOf('timeZone');
  const currencyNames = new Intl.DisplayNames(locale, { type: 'currency' });
  return (
    <div class='page' data-narrow>
      <Head title={words.title} back={{ href: '/host/homes', text: homes().list.title }} />
      <form
        class='stack-large host-form'
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <Field
          label={words.name}
          hint={words.nameHint}
          value={title}
          onValue={setTitle}
          required
          maxlength={200}
        />
        <Group legend={words.kind}>
          <Choices
            name='room_type'
            value={room_type}
            options={roomTypes.map((type) =>
              [type, core().roomTypes[type], words.kinds[type]] as const
            )}
            onValue={setRoomType}
          />
        </Group>
        <Stepper
          label={words.capacity}
          value={capacity}
          min={1}
          max={64}
          words={core().kit}
          onValue={setCapacity}
        />
        <Group legend={words.forGood}>
          <Select
            label={words.country}
            value={country_code}
            options={countries().map(({ code, name }) => [code, name] as const)}
            onValue={(code) => {
              setCountry(code);
              setCurrency(usualCurrency(code));
            }}
          />
          <Select
            label={words.currency}
            hint={words.currencyHint}
            value={currency}
            options={(currencies.length > 0 ? currencies : [currency]).map((each) =>
              [each, `${currencyNames.of(each)} (${each})`] as const
            )}
            onValue={setCurrency}
          />
          <Select
            label={words.zone}
            hint={words.zoneHint}
            value={time_zone}
            options={(zones.includes(time_zone) ? zones : [time_zone, ...zones])
              .map((zone) => [zone, zone.replaceAll('_', ' ')] as const)}
            onValue={setZone}
          />
        </Group>
        <ErrorBox error={create.error ?? notOffered} />
        <div>
          <Button kind='primary' type='submit' busy={create.busy}>{words.create}</Button>
        </div>
        <p class='soft small'>{host().welcome.text}</p>
      </form>
    </div>
  );
}
