/** One of several reasons, as a group of radio buttons. */
export function Category<Value extends string>(
  { legend, value, options, onValue }: {
    legend: string;
    value: Value | '';
    options: Record<Value, string>;
    onValue: (value: Value) => void;
  },
) {
  return (
    <fieldset>
      <legend class='legend'>{legend}</legend>
      {(Object.entries(options) as [Value, string][]).map(([each, text]) => (
        <label class='check' key={each}>
          <input
            type='radio'
            name='category'
            required
            checked={each === value}
            onChange={() =>
              onValue(each)}
          />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}
