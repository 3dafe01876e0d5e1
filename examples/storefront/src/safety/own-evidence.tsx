import { useId } from 'preact/hooks';
import { useAction } from '../action.ts';
import { cache, useQuery } from '../api.ts';
import { safety } from '../i18n/index.ts';
import { later } from '../kit/later.tsx';
import { ErrorBox, toast } from '../kit/index.ts';
import { addEvidence, myEvidence, openEvidence } from './evidence.ts';

const EvidenceField = later(() => import('./evidence-field.tsx'));

/** What the reader added to a case of a stay; while it is open, they add more. */
export default function OwnEvidence({ case_id, isOpen }: { case_id: string; isOpen: boolean }) {
  const words = safety().evidence;
  const title = useId();
  const { answer, error } = useQuery(myEvidence(case_id));
  const add = useAction(async (files: File[]) => {
    try {
      await addEvidence(case_id, files, answer?.length ?? 0);
      if (files.length > 0) toast(words.added);
    } finally {
      cache.refresh('my_evidence');
    }
  });
  const open = useAction(openEvidence);
  return (
    <div class='stack-small'>
      <ErrorBox error={error ?? add.error ?? open.error} />
      {answer && answer.length > 0 && (
        <div>
          <p class='strong small' id={title}>{words.yours}</p>
          <ul aria-labelledby={title}>
            {answer.map(({ name, path }) => (
              <li key={name}>
                <button type='button' class='link' onClick={() => void open(path)}>{name}</button>
              </li>
            ))}
          </ul>
        </div>
      )}
      {isOpen && answer && (
        // A new field for each addition: one that has files keeps their names.
        <EvidenceField key={answer.length} onFiles={(files) => void add(files)} />
      )}
    </div>
  );
}
