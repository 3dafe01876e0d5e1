import type { ComponentChildren } from 'preact';
import type { Action } from '../../action.ts';
import { useAction } from '../../action.ts';
import { Button, ErrorBox, toast } from '../../kit/index.ts';
import { homes, host } from '../words.ts';
import { homeChanged, type Part } from './data.ts';

/** Saves a section of a home, confirms it, and continues. */
export function useSave(
  { onSaved }: Pick<Part, 'onSaved'>,
  deed: () => Promise<unknown>,
): Action<[]> {
  return useAction(async () => {
    await deed();
    toast(host().saved);
    homeChanged();
    onSaved();
  });
}

/** The form of a step: its heading, its fields, and one button that saves all of it. */
export function StepForm(
  { title, text, save, isDraft, children }: {
    title: string;
    text?: string;
    save: Action<[]>;
    isDraft: boolean;
    children: ComponentChildren;
  },
) {
  return (
    <form
      class='stack-large host-form'
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div class='stack-small'>
        <h2>{title}</h2>
        {text && <p class='soft'>{text}</p>}
      </div>
      {children}
      <ErrorBox error={save.error} />
      <div>
        <Button kind='primary' type='submit' busy={save.busy}>
          {isDraft ? homes().saveAndGoOn : homes().save}
        </Button>
      </div>
    </form>
  );
}

export function Group({ legend, children }: { legend: string; children: ComponentChildren }) {
  return (
    <fieldset class='stack'>
      <legend class='host-legend'>{legend}</legend>
      {children}
    </fieldset>
  );
}

/** One of several options, each with a description. */
export function Choices<Value extends string>(
  { name, value, options, onValue }: {
    name: string;
    value: Value;
    options: readonly (readonly [Value, string, string?])[];
    onValue: (value: Value) => void;
  },
) {
  return (
    <div class='stack-small'>
      {options.map(([each, text, hint]) => (
        <label key={each} class='choice' data-on={each === value || undefined}>
          <input
            type='radio'
            name={name}
            value={each}
            checked={each === value}
            onChange={() =>
              onValue(each)}
          />
          <span>
            <span class='strong'>{text}</span>
            {hint && (
              <>
                <br />
                <span class='soft small'>{hint}</span>
              </>
            )}
          </span>
        </label>
      ))}
    </div>
  );
}
