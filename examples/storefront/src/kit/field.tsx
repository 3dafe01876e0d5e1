import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface Labelled {
  label: string;
  hint?: ComponentChildren;
  problem?: string | undefined;
}

const describedBy = (id: string, { hint, problem }: Labelled) =>
  [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ') || undefined;

function Around(
  { id, label, hint, problem, children }: Labelled & { id: string; children: ComponentChildren },
) {
  return (
    <div class='field'>
      <label for={id}>{label}</label>
      {children}
      {hint && <span class='hint' id={`${id}-hint`}>{hint}</span>}
      {problem && <span class='problem' id={`${id}-problem`}>{problem}</span>}
    </div>
  );
}

export interface FieldProps extends Labelled {
  value: string;
  onValue: (value: string) => void;
  /** Formats what is typed, for example in groups of four. */
  format?: (text: string) => string;
  type?: 'text' | 'email' | 'password' | 'search' | 'number' | 'date' | 'tel' | 'url' | 'time';
  name?: string;
  autocomplete?: string;
  inputmode?: 'numeric' | 'decimal' | 'email' | 'text';
  placeholder?: string;
  required?: boolean;
  minlength?: number;
  maxlength?: number;
  min?: string | number;
  max?: string | number;
  step?: string | number;
  pattern?: string;
}

export function Field({ label, hint, problem, value, onValue, format, ...rest }: FieldProps) {
  const id = useId();
  return (
    <Around id={id} label={label} hint={hint} problem={problem}>
      <input
        class='input'
        id={id}
        value={value}
        aria-invalid={problem ? true : undefined}
        aria-describedby={describedBy(id, { label, hint, problem })}
        onInput={({ currentTarget: input }) => {
          // Set here, because the state may already equal the formatted value.
          if (format) input.value = format(input.value);
          onValue(input.value);
        }}
        {...rest as object}
      />
    </Around>
  );
}

export function TextArea(
  { label, hint, problem, value, onValue, ...rest }: Labelled & {
    value: string;
    onValue: (value: string) => void;
    name?: string;
    rows?: number;
    required?: boolean;
    maxlength?: number;
    placeholder?: string;
  },
) {
  const id = useId();
  return (
    <Around id={id} label={label} hint={hint} problem={problem}>
      <textarea
        class='input'
        id={id}
        value={value}
        aria-invalid={problem ? true : undefined}
        aria-describedby={describedBy(id, { label, hint, problem })}
        onInput={(event) => onValue(event.currentTarget.value)}
        {...rest}
      />
    </Around>
  );
}

export function Select<Value extends string>(
  { label, hint, problem, value, options, onValue, name, hidesLabel = false }: Labelled & {
    value: Value;
    /** Values and their labels, in order. */
    options: readonly (readonly [Value, string])[];
    onValue: (value: Value) => void;
    name?: string;
    /** Hides the label, except from screen readers. */
    hidesLabel?: boolean;
  },
) {
  const id = useId();
  const select = (
    <select
      class='input'
      id={id}
      name={name}
      value={value}
      aria-label={hidesLabel ? label : undefined}
      aria-describedby={describedBy(id, { label, hint, problem })}
      onChange={(event) => onValue(event.currentTarget.value as Value)}
    >
      {options.map(([each, text]) => (
        <option key={each} value={each} selected={each === value}>{text}</option>
      ))}
    </select>
  );
  if (hidesLabel) return select;
  return <Around id={id} label={label} hint={hint} problem={problem}>{select}</Around>;
}

export function Check(
  { checked, onChecked, name, disabled = false, children }: {
    checked: boolean;
    onChecked: (checked: boolean) => void;
    name?: string;
    disabled?: boolean;
    children: ComponentChildren;
  },
) {
  return (
    <label class='check'>
      <input
        type='checkbox'
        name={name}
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChecked(event.currentTarget.checked)}
      />
      <span>{children}</span>
    </label>
  );
}

/** A small number with buttons for one less and one more. */
export function Stepper(
  { label, hint, value, min = 0, max = 50, words, onValue }: {
    label: string;
    hint?: string;
    value: number;
    min?: number;
    max?: number;
    words: { fewer: (label: string) => string; more: (label: string) => string };
    onValue: (value: number) => void;
  },
) {
  return (
    <div class='stepper' role='group' aria-label={label}>
      <span>
        <span class='strong'>{label}</span>
        {hint && (
          <span class='soft small'>
            <br />
            {hint}
          </span>
        )}
      </span>
      <span class='stepper-buttons'>
        <button
          type='button'
          aria-label={words.fewer(label)}
          disabled={value <= min}
          onClick={() => onValue(value - 1)}
        >
          −
        </button>
        <output aria-live='polite'>{value}</output>
        <button
          type='button'
          aria-label={words.more(label)}
          disabled={value >= max}
          onClick={() => onValue(value + 1)}
        >
          +
        </button>
      </span>
    </div>
  );
}
