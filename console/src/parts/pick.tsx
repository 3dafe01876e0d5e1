import { words } from './show.tsx';

/** Filters a list by one status, or shows all. */
export function Pick<Value extends string>(
  { label, value, of: values, change, all = 'all' }: {
    label: string;
    value: Value | undefined;
    of: readonly Value[];
    change: (value: Value | undefined) => void;
    /** Undefined: there is no such option. */
    all?: string | undefined;
  },
) {
  return (
    <label class='filter'>
      {label}
      <select
        value={value ?? ''}
        onChange={(event) => {
          const picked = event.currentTarget.value;
          change(values.find((value) => value === picked));
        }}
      >
        {all !== undefined && <option value=''>{all}</option>}
        {values.map((value) => (
          <option key={value} value={value}>
            {words(value)}
          </option>
        ))}
      </select>
    </label>
  );
}
