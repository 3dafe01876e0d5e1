import { core } from '../i18n/index.ts';
import { type CustomValues, useCustomFields } from './schema.ts';

/** What a home says in the fields of this marketplace. */
export function CustomFacts({ values }: { values: CustomValues }) {
  const words = core().custom;
  const fields = useCustomFields(Object.keys(values).length > 0)
    .filter(({ name }) => values[name] !== undefined);
  if (fields.length === 0) return null;
  const text = (value: unknown) =>
    typeof value === 'boolean'
      ? value ? words.yes : words.no
      : Array.isArray(value)
      ? value.join(', ')
      : String(value);
  return (
    <section class='stack' aria-labelledby='custom'>
      <h2 id='custom'>{words.title}</h2>
      <dl class='facts'>
        {fields.map(({ name, label }) => (
          <div key={name}>
            <dt>{label}</dt>
            <dd class='prose'>{text(values[name])}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
