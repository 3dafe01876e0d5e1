import { must } from '@staybase/client';
import { useState } from 'preact/hooks';
import { staybase } from '../../api.ts';
import { CustomInputs } from '../../custom-fields/inputs.tsx';
import { type CustomValues, onlyKnown, useCustomFields } from '../../custom-fields/schema.ts';
import { Field, TextArea } from '../../kit/index.ts';
import { homes } from '../words.ts';
import type { Part } from './data.ts';
import { StepForm, useSave } from './editor.tsx';

export function Description({ home, onSaved }: Part) {
  const words = homes().description;
  const [description, setDescription] = useState(home.description);
  const [registration_number, setNumber] = useState(home.registration_number ?? '');
  const fields = useCustomFields();
  const [custom, setCustom] = useState<CustomValues>();
  const values = custom ?? home.custom_fields as CustomValues;
  const save = useSave(
    { onSaved },
    () =>
      must(
        staybase.from('listings').update({
          description: description.trim(),
          registration_number: registration_number.trim() || null,
          // What no longer fits a schema stays until somebody changes a field.
          ...(custom && { custom_fields: onlyKnown(custom, fields) as typeof home.custom_fields }),
        }).eq('listing_id', home.listing_id),
      ),
  );
  return (
    <StepForm
      title={words.title}
      text={words.text}
      save={save}
      isDraft={home.status === 'draft'}
    >
      <TextArea
        label={words.description}
        hint={words.hint}
        value={description}
        onValue={setDescription}
        rows={10}
        maxlength={20_000}
        required
      />
      <Field
        label={words.registration}
        hint={words.registrationHint}
        value={registration_number}
        onValue={setNumber}
        maxlength={200}
      />
      <CustomInputs fields={fields} values={values} onValues={setCustom} />
    </StepForm>
  );
}
