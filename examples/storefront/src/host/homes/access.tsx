import { must } from '@staybase/client';
import { useState } from 'preact/hooks';
import { staybase } from '../../api.ts';
import { Field, TextArea } from '../../kit/index.ts';
import { homes } from '../words.ts';
import { rowsOf } from '../data.ts';
import type { Part } from './data.ts';
import { StepForm, useSave } from './editor.tsx';

/** How guests get in: shown to them shortly before check-in. */
export function Access({ home, onSaved }: Part) {
  const words = homes().access;
  const [known] = rowsOf(home.listing_access);
  const [access, setAccess] = useState({
    instructions: known?.instructions ?? '',
    door_code: known?.door_code ?? '',
    wifi_name: known?.wifi_name ?? '',
    wifi_password: known?.wifi_password ?? '',
  });
  const save = useSave(
    { onSaved },
    () =>
      must(
        staybase.from('listing_access').upsert({ listing_id: home.listing_id, ...access }),
      ),
  );
  const field = (name: 'door_code' | 'wifi_name' | 'wifi_password') => (
    <Field
      label={words[name]}
      value={access[name]}
      onValue={(value) => setAccess({ ...access, [name]: value })}
      autocomplete='off'
      maxlength={200}
    />
  );
  return (
    <StepForm
      title={words.title}
      text={words.text}
      save={save}
      isDraft={home.status === 'draft'}
    >
      <TextArea
        label={words.instructions}
        value={access.instructions}
        onValue={(instructions) => setAccess({ ...access, instructions })}
        rows={6}
        maxlength={5000}
      />
      {field('door_code')}
      <div class='host-pair'>
        {field('wifi_name')}
        {field('wifi_password')}
      </div>
    </StepForm>
  );
}
