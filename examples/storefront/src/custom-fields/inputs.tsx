import { useState } from 'preact/hooks';
import { core } from '../i18n/index.ts';
import { Check, Field, Select, TextArea } from '../kit/index.ts';
import type { CustomField, CustomValues } from './schema.ts';

/** A longer text has several lines. */
const oneLine = 200;

/** One input for each field; an empty one is left out of the values. */
export function CustomInputs(
  { fields, values, onValues }: {
    fields: CustomField[];
    values: CustomValues;
    onValues: (values: CustomValues) => void;
  },
) {
  return fields.map((field) => (
    <CustomInput
      key={field.name}
      field={field}
      value={values[field.name]}
      onValue={(value) => {
        const { [field.name]: _before, ...rest } = values;
        onValues(value === undefined ? rest : { ...rest, [field.name]: value });
      }}
    />
  ));
}

function CustomInput(
  { field, value, onValue }: {
    field: CustomField;
    value: unknown;
    onValue: (value: unknown) => void;
  },
) {
  const words = core().custom;
  const { type, label, description, options, minimum, maximum, minLength, maxLength } = field;
  const named = { label, ...(description && { hint: description }) };
  if (type === 'array') {
    const chosen = Array.isArray(value) ? value as string[] : [];
    const choose = (items: string[]) => onValue(items.length > 0 ? items : undefined);
    if (!options) {
      const hint = description ?? words.byComma;
      return <ListInput label={label} hint={hint} items={chosen} onItems={choose} />;
    }
    return (
      <fieldset class='stack-small'>
        <legend>{label}</legend>
        {description && <p class='soft small'>{description}</p>}
        {options.map(String).map((option) => (
          <Check
            key={option}
            checked={chosen.includes(option)}
            onChecked={(isOn) =>
              choose(isOn ? [...chosen, option] : chosen.filter((one) => one !== option))}
          >
            {option}
          </Check>
        ))}
      </fieldset>
    );
  }
  if (type === 'boolean' || options) {
    const known = options?.map((option) => [String(option), String(option)] as const) ??
      [['true', words.yes], ['false', words.no]] as const;
    return (
      <Select
        {...named}
        value={value === undefined ? '' : String(value)}
        options={[['', words.none], ...known]}
        onValue={(text) =>
          onValue(
            text === '' ? undefined : type === 'boolean' ? text === 'true' : valueOf(type, text),
          )}
      />
    );
  }
  const text = value === undefined ? '' : String(value);
  const change = (text: string) => onValue(valueOf(type, text));
  if (type === 'string' && (maxLength ?? 0) > oneLine) {
    return <TextArea {...named} value={text} onValue={change} rows={4} maxlength={maxLength!} />;
  }
  return type === 'string'
    ? (
      <Field
        {...named}
        value={text}
        onValue={change}
        {...(minLength !== undefined && { minlength: minLength })}
        {...(maxLength !== undefined && { maxlength: maxLength })}
      />
    )
    : (
      <Field
        {...named}
        type='number'
        step={type === 'integer' ? 1 : 'any'}
        value={text}
        onValue={change}
        {...(minimum !== undefined && { min: minimum })}
        {...(maximum !== undefined && { max: maximum })}
      />
    );
}

/** Keeps what is typed: the comma at its end is no item yet. */
function ListInput(
  { label, hint, items, onItems }: {
    label: string;
    hint: string;
    items: string[];
    onItems: (items: string[]) => void;
  },
) {
  const [text, setText] = useState(items.join(', '));
  return (
    <Field
      label={label}
      hint={hint}
      value={text}
      onValue={(text) => {
        setText(text);
        onItems(text.split(',').map((item) => item.trim()).filter((item) => item !== ''));
      }}
    />
  );
}

const valueOf = (type: CustomField['type'], text: string): string | number | undefined =>
  text === '' ? undefined : type === 'string' ? text : Number(text);
