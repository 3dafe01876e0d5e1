import { useLocation } from 'preact-iso';
import { useEffect } from 'preact/hooks';
import { call, problemOf } from '../backend.ts';
import { useAnswer } from '../parts/load.ts';
import { base, Page, Refusal } from '../parts/show.tsx';

/** Finds out whether an id belongs to a booking or to a person. */
async function pageOf(id: string): Promise<string | undefined> {
  try {
    await call('staff_booking', { booking_id: id });
    return `bookings/${id}`;
  } catch (error) {
    if (problemOf(error).code !== 'booking_not_found') throw error;
  }
  try {
    await call('staff_person', { profile_id: id });
    return `people/${id}`;
  } catch (error) {
    if (problemOf(error).code !== 'profile_not_found') throw error;
  }
  return undefined;
}

export default function Find({ id }: { id: string }) {
  const { route } = useLocation();
  const { answer, problem, isLoading } = useAnswer(() => pageOf(id), [id]);
  useEffect(() => {
    if (answer !== undefined) route(`${base}/${answer}`, true);
  }, [answer]);
  return (
    <Page title='Find' note={<code>{id}</code>}>
      <Refusal problem={problem} />
      <p role='status'>
        {isLoading || answer !== undefined
          ? 'Looking…'
          : 'There is no booking or person with this id.'}
      </p>
      {!isLoading && answer === undefined && (
        <p>
          <a href={`${base}/audit?object_id=${id}`}>Search the audit log</a>
        </p>
      )}
    </Page>
  );
}
