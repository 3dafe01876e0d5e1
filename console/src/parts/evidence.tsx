import { must } from '@staybase/client';
import { call, supabase } from '../backend.ts';
import { useAnswer } from './load.ts';
import { Refusal } from './show.tsx';

/** The files that the two sides of a stay added to one of its cases, with who added them. */
export function CaseEvidence({ case_id }: { case_id: string }) {
  const { answer, problem } = useAnswer(() => call('staff_evidence', { case_id }), [case_id]);
  return (
    <>
      <Refusal problem={problem} />
      <Evidence paths={answer?.flatMap(({ path }) => path ?? []) ?? []} />
    </>
  );
}

/** Files that support decides by. Their links are valid for a minute. */
export function Evidence({ paths }: { paths: string[] }) {
  const { answer, problem } = useAnswer(
    async () =>
      paths.length === 0
        ? []
        : await must(supabase.storage.from('evidence').createSignedUrls(paths, 60)),
    [paths.join()],
  );
  if (paths.length === 0) return null;
  return (
    <div class='evidence' role='group' aria-label='Evidence'>
      <Refusal problem={problem} />
      {answer?.map(({ path, signedUrl }) => (
        <a key={path} href={signedUrl ?? '#'} target='_blank' rel='noreferrer'>
          {path?.split('/').at(-1) ?? 'file'}
        </a>
      ))}
    </div>
  );
}
