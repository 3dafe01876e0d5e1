import { useId, useState } from 'preact/hooks';
import { safety } from '../i18n/index.ts';
import { fits, types } from './evidence.ts';

/** Chooses files to go with a report, a complaint or a claim. */
export default function EvidenceField({ onFiles }: { onFiles: (files: File[]) => void }) {
  const words = safety().evidence;
  const id = useId();
  const [isTooMuch, setTooMuch] = useState(false);
  return (
    <div class='field'>
      <label for={id}>{words.label}</label>
      <input
        class='input'
        id={id}
        type='file'
        multiple
        accept={types.join()}
        aria-describedby={`${id}-hint`}
        onChange={({ currentTarget: input }) => {
          const files = [...input.files ?? []];
          const isFine = fits(files);
          if (!isFine) input.value = '';
          setTooMuch(!isFine);
          onFiles(isFine ? files : []);
        }}
      />
      <span class={isTooMuch ? 'problem' : 'hint'} id={`${id}-hint`} role='status'>
        {words.hint}
      </span>
    </div>
  );
}
