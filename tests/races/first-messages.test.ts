import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { person } from '../support/people.ts';
import { session } from '../support/sessions.ts';
import {
  hearStripe,
  home,
  june,
  meanwhile,
  newDay,
  request,
  startPayment,
} from '../support/stays.ts';
import { asPostgres } from '../support/stack.ts';

beforeEach(newDay);

const first = 'select * from public.start_conversation($1, $2, $3)';
const next = 'select * from public.send_message($1, $2, $3)';

/** Positions and unread counts of a home's conversations, in lines a test can be compared with. */
const told = async (listing: string) => {
  const rows = await asPostgres<{ line: string }>(
    `select display_name || ' ' || unread || ' of ' || messages as line
     from public.conversations join public.inbox_entries using (conversation_id)
     join public.profiles using (profile_id) where listing_id = $1 order by 1`,
    [listing],
  );
  return rows.map(({ line }) => line);
};

test('two first messages at once open one conversation', async () => {
  const listing = await home();
  const ada = await person('Ada');
  const [one, other] = [await session(ada), await session(ada)];
  await one.begin();
  await other.begin();
  await one.run(first, [randomUUID(), listing, 'Is it quiet?']);
  const asking = meanwhile(other.run(first, [randomUUID(), listing, 'And light?']));
  await other.waits();
  await one.commit();
  await asking;
  await other.commit();
  expect(await told(listing)).toEqual(['Ada 0 of 2', 'Hedy 2 of 2']);
});

test('a first message beside a booking that brings one opens one conversation', async () => {
  const listing = await home();
  const ada = await person('Ada');
  const one = await session(ada);
  await one.begin();
  await one.run(first, [randomUUID(), listing, 'Is it quiet?']);
  const opening = meanwhile(asPostgres(
    `select private.open_conversation($1, $2, false)`,
    [listing, ada.id],
  ));
  await one.commit();
  await opening;
  expect(await told(listing)).toEqual(['Ada 0 of 1', 'Hedy 1 of 1']);
});

test('the same message sent twice at once is said once', async () => {
  const listing = await home();
  const ada = await person('Ada');
  const [one, other] = [await session(ada), await session(ada)];
  const message = randomUUID();
  await one.begin();
  await other.begin();
  await one.run(first, [message, listing, 'Is it quiet?']);
  const again = meanwhile(other.run(first, [message, listing, 'Is it quiet?']));
  await other.waits();
  await one.commit();
  expect(await again).toMatchObject([{ message_id: message, position: 1 }]);
  await other.commit();
  expect(await told(listing)).toEqual(['Ada 0 of 1', 'Hedy 1 of 1']);
});

test('who reads while the other writes has the new message unread', async () => {
  const listing = await home();
  const [ada, hedy] = [await session(await person('Ada')), await session(await person('Hedy'))];
  await ada.begin();
  const [opened] = await ada.run<{ conversation_id: string }>(first, [
    randomUUID(),
    listing,
    'Is it quiet?',
  ]);
  await ada.commit();
  const conversation = opened?.conversation_id;

  await ada.begin();
  await hedy.begin();
  await ada.run(next, [randomUUID(), conversation, 'And light?']);
  const reading = meanwhile(hedy.run('select * from public.mark_read($1, 2)', [conversation]));
  await hedy.waits();
  await ada.commit();
  await reading;
  await hedy.commit();
  // She asked to have read two, and both are there by now.
  expect(await told(listing)).toEqual(['Ada 0 of 2', 'Hedy 0 of 2']);

  await ada.begin();
  await hedy.begin();
  await hedy.run('select * from public.mark_read($1, 2)', [conversation]);
  const writing = meanwhile(ada.run(next, [randomUUID(), conversation, 'And warm?']));
  await hedy.commit();
  await writing;
  await ada.commit();
  expect(await told(listing)).toEqual(['Ada 0 of 3', 'Hedy 1 of 3']);
});

test('an automated message and the cancellation of its stay: not both, and nobody waits for ever', async () => {
  const listing = await home();
  const guest = await person('Grace');
  const grace = await session(guest);
  await grace.begin();
  const id = await request(grace, { listing, ...june(1, 3) });
  await grace.commit();
  await startPayment(grace, id);
  const server = await session();
  await server.begin();
  await hearStripe(server, id);
  await server.commit();
  const canceller = await session(guest);
  await canceller.begin();
  await canceller.run('select * from public.cancel_booking($1)', [id]);
  const [job] = await asPostgres<{ sent: number }>(
    'select private.send_automatic_messages(100) as sent',
  );
  expect(job?.sent, 'the job passes by what somebody has in hand').toBe(0);
  await canceller.commit();
  const [later] = await asPostgres<{ sent: number }>(
    'select private.send_automatic_messages(100) as sent',
  );
  expect(later?.sent).toBe(0);
});
