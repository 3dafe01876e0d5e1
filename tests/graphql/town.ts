import { readFileSync } from 'node:fs';
import { inProject } from '../../local/paths.ts';
import { type Person, person } from '../support/people.ts';
import { asPostgres } from '../support/stack.ts';

export interface Reader {
  name: string;
  /** Undefined for somebody who is not signed in. */
  token: string | undefined;
  person?: Person;
}

/** The home of the town that most happens at, its guest's confirmed stay, and its conversation. */
export const mill = '10000000-0000-4000-8000-000000000001';

/**
 * The small town, and everybody who may look at it: nobody, its guests, somebody who booked nothing,
 * its hosts, a co-host with the calendar only, and staff.
 */
export async function town(): Promise<Reader[]> {
  const names = ['Ada', 'Alan', 'Grace', 'Hedy', 'Katherine', 'Radia', 'Margaret'];
  const people: Person[] = [];
  for (const name of names) people.push(await person(name));
  await asPostgres(readFileSync(inProject('supabase', 'seed.sql'), 'utf8'));
  const idOf = (name: string) => people[names.indexOf(name)]!.id;
  await asPostgres(
    `insert into public.listing_hosts (listing_id, profile_id, role) values ($1, $2, 'calendar')
     on conflict do nothing`,
    [mill, idOf('Radia')],
  );
  // The photos of published homes, as they are once they were checked.
  await asPostgres(`
    insert into storage.objects (bucket_id, name)
    select bucket, storage_path from public.listing_photos
    join public.listings using (listing_id), unnest(array['photo-uploads', 'listing-photos']) as bucket
    where bucket = 'photo-uploads' or listings.status = 'published'
    order by bucket desc`);
  await asPostgres('insert into private.staff (profile_id) values ($1) on conflict do nothing', [
    idOf('Margaret'),
  ]);
  return [
    { name: 'anon', token: undefined },
    ...people.map((person) => ({ name: person.name, token: person.token, person })),
  ];
}
