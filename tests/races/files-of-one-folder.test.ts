import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { person } from '../support/people.ts';
import { session } from '../support/sessions.ts';
import { asPostgres } from '../support/stack.ts';
import { meanwhile } from '../support/stays.ts';

test('two files brought at once do not both take the last place of a report', async () => {
  const ada = await person('Ada');
  const other = await person('Grace');
  const report = randomUUID();
  await asPostgres('update private.settings set evidence_files = 1');
  const [one, two] = [await session(ada), await session(ada)];
  await asPostgres(
    `insert into public.reports (report_id, reporter_id, subject, subject_id, category, body, created_at)
     values ($1, $2, 'person', $3, 'fraud', '', private.now())`,
    [report, ada.id, other.id],
  );
  const bring = (name: string) =>
    [`insert into storage.objects (bucket_id, name) values ('evidence', $1)`, [
      `${ada.id}/${report}/${name}`,
    ]] as [string, string[]];
  await one.begin();
  await two.begin();
  await one.run(...bring('one.jpg'));
  const second = meanwhile(two.run(...bring('two.jpg')));
  await two.waits();
  await one.commit();
  await expect(second).rejects.toThrow('too_many_files');
  await two.rollback();
  expect(await asPostgres(`select name from storage.objects where bucket_id = 'evidence'`))
    .toHaveLength(1);
});
