import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { person } from '../support/people.ts';
import { type Session, session } from '../support/sessions.ts';
import { asPostgres } from '../support/stack.ts';
import { home, meanwhile } from '../support/stays.ts';

const save = (by: Session, listing: string, list: string) =>
  by.run('select public.save_listing($1, $2)', [listing, list]);

/** A list of Ada's that Grace has joined, and a session of each, in a transaction. */
async function listOfTwo() {
  const [ada, grace] = [await person('Ada'), await person('Grace')];
  const [owner, friend] = [await session(ada), await session(grace)];
  const list = randomUUID();
  await owner.begin();
  await owner.run(`select public.create_wishlist($1, 'Later')`, [list]);
  const [link] = await owner.run<{ token: string }>(
    `select * from public.share_wishlist($1, 'join')`,
    [list],
  );
  await owner.commit();
  const token = link?.token ?? '';
  await friend.begin();
  await friend.run('select public.join_wishlist($1)', [token]);
  await friend.commit();
  await owner.begin();
  await friend.begin();
  return { ada, grace, owner, friend, list, token };
}

const homesIn = (list: string) =>
  asPostgres<{ listing_id: string; position: number }>(
    'select listing_id, position from public.wishlist_homes where wishlist_id = $1 order by position',
    [list],
  );

test('two who save at once stand one before the other, and the same home stands once', async () => {
  const { owner, friend, list } = await listOfTwo();
  const [mill, loft] = [await home(), await home()];
  await save(owner, mill, list);
  const both = meanwhile((async () => {
    await save(friend, mill, list);
    await save(friend, loft, list);
  })());
  await friend.waits();
  await owner.commit();
  await both;
  await friend.commit();

  expect(await homesIn(list)).toEqual([
    { listing_id: loft, position: -2 },
    { listing_id: mill, position: -1 },
  ]);
});

test('the last place in a list is taken once', async () => {
  const { owner, friend, list } = await listOfTwo();
  await asPostgres('update private.settings set wishlist_homes = 1');
  const [mill, loft] = [await home(), await home()];
  await save(owner, mill, list);
  const late = meanwhile(save(friend, loft, list));
  await friend.waits();
  await owner.commit();
  await expect(late).rejects.toMatchObject({ message: 'wishlist_full', code: 'PT409' });
  await friend.rollback();
  await asPostgres('update private.settings set wishlist_homes = 500');
  expect(await homesIn(list)).toEqual([{ listing_id: mill, position: -1 }]);
});

test('who is removed while they save has saved nothing', async () => {
  const { owner, friend, list, grace, token } = await listOfTwo();
  const mill = await home();
  await owner.run('select public.remove_from_wishlist($1, $2)', [list, grace.id]);
  const late = meanwhile(save(friend, mill, list));
  await friend.waits();
  await owner.commit();
  await expect(late).rejects.toMatchObject({ message: 'wishlist_not_found', code: 'PT404' });
  await friend.rollback();
  expect(await homesIn(list)).toEqual([]);

  await friend.begin();
  await expect(friend.run('select public.join_wishlist($1)', [token]))
    .rejects.toMatchObject({ message: 'link_not_found' });
  await friend.rollback();
});

test('a link that is taken back while somebody joins by it lets nobody in', async () => {
  const { owner, list, token } = await listOfTwo();
  const dorothy = await session(await person('Dorothy'));
  await dorothy.begin();
  await owner.run(`select public.unshare_wishlist($1, 'join')`, [list]);
  const late = meanwhile(dorothy.run('select public.join_wishlist($1)', [token]));
  await dorothy.waits();
  await owner.commit();
  await expect(late).rejects.toMatchObject({ message: 'link_not_found', code: 'PT404' });
  await dorothy.rollback();
});

test('an account that goes while it saves leaves nothing behind', async () => {
  const { owner, friend, list, grace } = await listOfTwo();
  await owner.rollback();
  const mill = await home();
  await save(friend, mill, list);
  await friend.run('select public.note_saved_listing($1, $2, $3)', [list, mill, 'Mine']);
  const going = meanwhile(asPostgres('delete from auth.users where id = $1', [grace.id]));
  await expect.poll(() =>
    asPostgres(`select from pg_stat_activity
      where wait_event_type = 'Lock' and query like 'delete from auth.users%'`)
  ).toHaveLength(1);
  await friend.commit();
  await going;

  expect(
    await asPostgres(
      'select added_by, note, noted_by from public.wishlist_homes where wishlist_id = $1',
      [list],
    ),
  )
    .toEqual([{ added_by: null, note: '', noted_by: null }]);
  expect(await asPostgres('select from public.wishlist_members where profile_id = $1', [grace.id]))
    .toEqual([]);
  await friend.begin();
  await expect(save(friend, mill, list)).rejects.toMatchObject({ message: 'account_closed' });
  await friend.rollback();
});
