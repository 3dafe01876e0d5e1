import { minorDigits } from '@staybase/client';
import { type ComponentChildren, Fragment } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Problem, problemOf } from '../backend.ts';
import { Refusal } from './show.tsx';
import { announce } from './toast.tsx';

export interface Field {
  name: string;
  label: string;
  kind: 'paragraph' | 'text' | 'url' | 'money' | 'choices';
  options?: { value: string; label: string }[];
  currency?: string;
  /** The maximum, in minor units. */
  most?: number;
  isOptional?: boolean;
}

export const reason: Field = {
  name: 'reason',
  label: 'Reason, for staff only',
  kind: 'paragraph',
};
export const notice: Field = {
  name: 'notice',
  label: 'Notice to the person concerned',
  kind: 'paragraph',
  isOptional: true,
};

export type Given = Record<string, string> & {
  choices: string[];
  minor: number;
};

/** A button that opens a dialog to confirm an action. A refusal is shown there, and the action can be sent again. */
export function Action(
  { label, title, about, fields = [], isGrave = false, act, done }: {
    label: string;
    title: string;
    about?: ComponentChildren;
    fields?: Field[];
    isGrave?: boolean;
    act: (given: Given, id: string) => Promise<unknown>;
    done: () => void;
  },
) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Fragment>
      <button
        type='button'
        class={isGrave ? 'grave' : undefined}
        onClick={() => setOpen(true)}
      >
        {label}
      </button>
      {isOpen && (
        <Dialog
          {...{ label, title, about, fields, isGrave, act }}
          close={(wasDone) => {
            setOpen(false);
            if (!wasDone) return;
            announce(`${title}: done.`);
            done();
          }}
        />
      )}
    </Fragment>
  );
}

function Dialog(
  { label, title, about, fields, isGrave, act, close }: {
    label: string;
    title: string;
    about: ComponentChildren;
    fields: Field[];
    isGrave: boolean;
    act: (given: Given, id: string) => Promise<unknown>;
    close: (wasDone: boolean) => void;
  },
) {
  const dialog = useRef<HTMLDialogElement>(null);
  // Chosen once, so that sending it again after a lost response repeats the same action.
  const [id] = useState(() => crypto.randomUUID());
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const given = Object.fromEntries(
      [...form].map(([name, value]) => [name, String(value)]),
    );
    const money = fields.find(({ kind }) => kind === 'money');
    setBusy(true);
    setProblem(undefined);
    try {
      await act(
        {
          ...given,
          choices: form.getAll('choices').map(String),
          minor: money === undefined ? 0 : Math.round(
            Number(given[money.name]) *
              10 ** minorDigits(money.currency ?? 'EUR'),
          ),
        } as Given,
        id,
      );
      close(true);
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
    }
  };
  return (
    <dialog ref={dialog} aria-label={title} onClose={() => close(false)}>
      <form onSubmit={submit}>
        <h2>{title}</h2>
        {about !== undefined && <div class='quiet'>{about}</div>}
        {fields.map((field) => <Asked key={field.name} field={field} />)}
        <Refusal problem={problem} />
        {problem !== undefined && (
          <p class='quiet'>
            You can send it again: nothing is done twice.
          </p>
        )}
        <div class='row end'>
          <button type='button' onClick={() => close(false)}>Back</button>
          <button type='submit' class={isGrave ? 'grave main' : 'main'} disabled={isBusy}>
            {label}
          </button>
        </div>
      </form>
    </dialog>
  );
}

function Asked({ field }: { field: Field }) {
  const {
    name,
    label,
    kind,
    options = [],
    currency = 'EUR',
    most,
    isOptional = false,
  } = field;
  const asks = isOptional ? `${label} (optional)` : label;
  switch (kind) {
    case 'paragraph':
      return (
        <label>
          {asks}
          <textarea
            name={name}
            rows={3}
            maxLength={2000}
            required={!isOptional}
          />
        </label>
      );
    case 'choices':
      return (
        <fieldset>
          <legend>{asks}</legend>
          {options.map(({ value, label }) => (
            <label key={value} class='choice'>
              <input type='checkbox' name='choices' value={value} /> {label}
            </label>
          ))}
        </fieldset>
      );
    case 'money':
      return (
        <label>
          {asks} ({currency})
          <input
            name={name}
            type='number'
            min='0'
            step={10 ** -minorDigits(currency)}
            max={most === undefined ? undefined : most / 10 ** minorDigits(currency)}
            required={!isOptional}
          />
        </label>
      );
    default:
      return (
        <label>
          {asks}
          {kind === 'url'
            ? <input name={name} type='url' required={!isOptional} />
            : <input name={name} type='text' required={!isOptional} />}
        </label>
      );
  }
}
