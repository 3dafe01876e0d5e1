import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { codeOf } from '../../types/errors.ts';
import { bookAndPay, hostTogether, publishHome, signUp, timePasses } from '../support/journeys.ts';
import type { Member } from '../support/journeys.ts';
import { asPostgres, mailTo, runDueJobs, setClock } from '../support/stack.ts';

const ask = ({ client }: Member, listing_id: string, body: string) =>
  client.rpc('start_conversation', { message_id: randomUUID(), listing_id, body });
const say = ({ client }: Member, conversation_id: string, body: string) =>
  client.rpc('send_message', { message_id: randomUUID(), conversation_id, body });

/** A conversation as one side reads it, a page at a time, newest first. */
async function read({ client }: Member, conversation_id: string, before = 1_000_000) {
  const { data } = await client.from('messages').select('position, side, kind, body, event')
    .eq('conversation_id', conversation_id).lt('position', before)
    .order('position', { ascending: false }).limit(3).throwOnError();
  return data;
}

const inboxOf = async ({ client }: Member) =>
  (await client.rpc('my_conversations').throwOnError()).data
    .map(({ with_name, last_message, last_event, unread }) => ({
      with_name,
      last: last_event ?? last_message,
      unread,
    }));

test('a guest asks, the host answers, the guest books, instructions arrive, a block ends it', async () => {
  await setClock('2031-05-20T12:00:00Z');
  const [hedy, hugo, ada, eve] = [
    await signUp('Hedy'),
    await signUp('Hugo'),
    await signUp('Ada'),
    await signUp('Eve'),
  ];
  const mill = await publishHome(hedy);
  await hostTogether(hedy, hugo, mill, 'full');

  const asked = await ask(ada, mill, 'Is it quiet? Mine is ada@example.com or +1 202 555 0123.');
  expect(asked.data).toMatchObject({ body: 'Is it quiet? Mine is ••• or •••.', masked: true });
  const conversation = asked.data?.conversation_id ?? '';
  await runDueJobs();
  expect(mailTo(hedy.email).at(-1)).toMatchObject({
    subject: 'New message: The Mill',
    text: expect.stringContaining('Mine is ••• or •••.'),
  });
  expect(mailTo(hugo.email)).toHaveLength(1);
  expect(await inboxOf(hedy)).toEqual([
    { with_name: 'Ada', last: 'Is it quiet? Mine is ••• or •••.', unread: 1 },
  ]);
  const who = await hugo.client.from('profiles').select('display_name').eq('profile_id', ada.id);
  expect(who.data, 'a host sees who asks').toEqual([{ display_name: 'Ada' }]);

  await say(hugo, conversation, 'Very. Call 06 12 34 56 78.').throwOnError();
  expect(await inboxOf(ada)).toEqual([
    { with_name: 'Hedy', last: 'Very. Call •••.', unread: 1 },
  ]);
  await ada.client.rpc('mark_read', { conversation_id: conversation, read_position: 2 })
    .throwOnError();
  expect(await inboxOf(ada)).toMatchObject([{ unread: 0 }]);
  expect(await read(eve, conversation)).toEqual([]);
  expect(codeOf((await say(eve, conversation, 'Hi')).error)).toBe('conversation_not_found');

  await bookAndPay(ada, mill, { checkIn: '2031-06-10', checkOut: '2031-06-12' });
  await timePasses();
  expect(await read(ada, conversation)).toMatchObject([
    { position: 4, kind: 'automated', body: expect.stringContaining('2031-06-10 to 2031-06-12') },
    { position: 3, kind: 'event', event: 'confirmed' },
    { position: 2, body: 'Very. Call •••.' },
  ]);
  expect(await read(ada, conversation, 2)).toMatchObject([{ position: 1 }]);
  await say(hedy, conversation, 'Mine is 06 12 34 56 78.').throwOnError();
  expect(await read(ada, conversation)).toMatchObject([
    { body: 'Mine is 06 12 34 56 78.' },
    {},
    {},
  ]);

  // The mill stands in New York: three in the afternoon is seven in the evening of London.
  await setClock('2031-06-08T18:59:00Z');
  await timePasses();
  expect((await read(ada, conversation))[0]).toMatchObject({ position: 5 });
  await setClock('2031-06-08T19:00:00Z');
  await timePasses();
  await timePasses();
  expect(await read(ada, conversation)).toMatchObject([
    { position: 6, kind: 'automated', body: expect.stringContaining('Check-in is from 15:00') },
    { position: 5 },
    { position: 4 },
  ]);

  await ada.client.rpc('block_person', { profile_id: hugo.id }).throwOnError();
  expect(codeOf((await say(hugo, conversation, 'Hello?')).error)).toBe('guest_unavailable');
  expect(codeOf((await say(ada, conversation, 'Hello?')).error)).toBe('host_unavailable');
  expect(await read(ada, conversation)).toHaveLength(3);
});

test('a person reads what they are told, and says what they do not want to hear', async () => {
  await setClock('2031-09-01T12:00:00Z');
  const [hedy, ada] = [await signUp('Hanna'), await signUp('Anna')];
  const mill = await publishHome(hedy);
  await bookAndPay(ada, mill, { checkIn: '2031-09-10', checkOut: '2031-09-12' });
  const unread = ada.client.from('notifications').select('*', { count: 'exact', head: true })
    .is('read_at', null);
  expect((await unread).count).toBe(1);
  const { data: told } = await ada.client.from('notifications').select('notification_id, template')
    .order('created_at', { ascending: false }).order('notification_id', { ascending: false })
    .throwOnError();
  expect(told).toMatchObject([{ template: 'booking_confirmed_guest' }]);
  await ada.client.rpc('mark_notifications_read', {
    notification_ids: told.map(({ notification_id }) => notification_id),
  }).throwOnError();
  expect((await unread).count).toBe(0);

  const off = (kind: string) =>
    ada.client.rpc('set_notification', { kind, channel: 'email', wanted: false });
  expect(codeOf((await off('booking')).error)).toBe('kind_essential');
  await off('message').throwOnError();
  const { data } = await ada.client.from('conversations').select('conversation_id').single()
    .throwOnError();
  await say(hedy, data.conversation_id, 'Welcome!').throwOnError();
  await timePasses();
  expect(mailTo(ada.email).map(({ subject }) => subject)).toEqual([
    'Confirmed: The Mill, September 10, 2031',
  ]);
  expect((await unread).count).toBe(1);
});

test('conversations come in pages, in one order, none twice and none left out', async () => {
  const [hedy, ada] = [await signUp('Hilda'), await signUp('Alma')];
  const homes = [];
  for (let home = 0; home < 7; home += 1) homes.push(await publishHome(hedy));
  // Two begin in the same instant.
  for (const home of homes) await ask(ada, home, 'Hello').throwOnError();
  await asPostgres(
    `update public.inbox_entries set last_message_at = date_trunc('hour', last_message_at) where profile_id = $1`,
    [ada.id],
  );
  const seen: string[] = [];
  for (let page: { before_at?: string; before_id?: string } | undefined = {}; page;) {
    const { data }: Awaited<ReturnType<typeof one>> = await one(page);
    seen.push(...data.map(({ conversation_id }) => conversation_id ?? ''));
    const last = data.at(-1);
    page = last &&
      { before_at: last.last_message_at ?? '', before_id: last.conversation_id ?? '' };
  }
  expect(seen).toHaveLength(7);
  expect(new Set(seen).size).toBe(7);

  async function one(page: { before_at?: string; before_id?: string }) {
    return await ada.client.rpc('my_conversations', { ...page, most: 2 }).throwOnError();
  }
});
