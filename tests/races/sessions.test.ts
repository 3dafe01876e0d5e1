import { expect, test } from 'vitest';
import { person } from '../support/people.ts';
import { session } from '../support/sessions.ts';
import { asPostgres } from '../support/stack.ts';

test('a session waits for the one before it, and then sees what it did', async () => {
  await asPostgres('create table public.cups (name text primary key, owner uuid)');
  await asPostgres('grant select, update on public.cups to authenticated');
  await asPostgres(`insert into public.cups values ('blue')`);
  const [ada, grace] = [await person('Ada'), await person('Grace')];
  const [first, second] = [await session(ada), await session(grace)];
  const take = `update public.cups set owner = auth.uid() where owner is null returning owner`;

  await first.begin();
  await second.begin();
  expect(await first.run(take)).toEqual([{ owner: ada.id }]);
  const taking = second.run(take);
  await second.waits();
  await first.commit();

  expect(await taking).toEqual([]);
  await second.commit();
});
