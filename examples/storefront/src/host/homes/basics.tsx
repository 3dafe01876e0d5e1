import { must, type RoomType } from '@staybase/client';
import { useState } from 'preact/hooks';
import { staybase } from '../../api.ts';
import { core } from '../../i18n/index.ts';
import { Field, Select, Stepper } from '../../kit/index.ts';
import { homes } from '../words.ts';
import type { Part } from './data.ts';
import { Choices, Group, StepForm, useSave } from './editor.tsx';
import { roomTypes } from './new.tsx';

export function Basics({ home, onSaved }: Part) {
  const words = homes().basics;
  const [title, setTitle] = useState(home.title);
  const [room_type, setRoomType] = useState<RoomType>(home.room_type);
  const [property_type, setPropertyType] = useState(home.property_type);
  const [counts, setCounts] = useState({
    capacity: home.capacity,
    bedrooms: home.bedrooms,
    beds: home.beds,
    bathrooms: home.bathrooms,
  });
  const save = useSave(
    { onSaved },
    () =>
      must(
        staybase.from('listings')
          .update({ title: title.trim(), room_type, property_type, ...counts })
          .eq('listing_id', home.listing_id),
      ),
  );
  const known = homes().propertyTypes;
  const types = Object.entries(known).concat(
    property_type in known ? [] : [[property_type, property_type]],
  );
  const ranges = { capacity: [1, 64], bedrooms: [0, 100], beds: [0, 200], bathrooms: [0, 100] };
  return (
    <StepForm title={words.title} save={save} isDraft={home.status === 'draft'}>
      <Field
        label={homes().new.name}
        hint={homes().new.nameHint}
        value={title}
        onValue={setTitle}
        required
        maxlength={200}
      />
      <Group legend={homes().new.kind}>
        <Choices
          name='room_type'
          value={room_type}
          options={roomTypes.map((type) =>
            [type, core().roomTypes[type], homes().new.kinds[type]] as const
          )}
          onValue={setRoomType}
        />
      </Group>
      <Select
        label={words.building}
        value={property_type}
        options={types as [string, string][]}
        onValue={setPropertyType}
      />
      <Group legend={words.room}>
        {(['capacity', 'bedrooms', 'beds', 'bathrooms'] as const).map((count) => (
          <Stepper
            key={count}
            label={words.counts[count]}
            value={counts[count]}
            min={ranges[count][0]!}
            max={ranges[count][1]!}
            words={core().kit}
            onValue={(value) => setCounts({ ...counts, [count]: value })}
          />
        ))}
      </Group>
    </StepForm>
  );
}
