import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { migratedTemplate } from '../../local/postgres/templates.ts';
import { withDatabase } from '../support/databases.ts';

const id = (name: string) =>
  createHash('md5').update(name).digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

const world = `
  insert into auth.users (id, aud, role, email, raw_user_meta_data, created_at, updated_at)
  select md5(name)::uuid, 'authenticated', 'authenticated', name || '@example.com',
    jsonb_build_object('display_name', name), now(), now()
  from unnest(array['ada', 'hedy', 'radia', 'eve']) as name;
  insert into public.listings (
    listing_id, host_id, status, title, description, country_code, city, latitude, longitude, time_zone, currency)
  values (md5('mill')::uuid, md5('hedy')::uuid, 'published', 'The Mill', 'Quiet.', 'FR', 'Paris', 48, 2,
    'Europe/Paris', 'EUR');
  insert into public.booking_rules (listing_id) values (md5('mill')::uuid);
  insert into public.listing_hosts (listing_id, profile_id, role) values
    (md5('mill')::uuid, md5('hedy')::uuid, 'owner'), (md5('mill')::uuid, md5('radia')::uuid, 'calendar');`;

// local/postgres/bootstrap/realtime.sql has what Realtime has in a hosted database, as far as we speak to it.
// Joining a private channel is a select on its messages with that topic set.
test('people hear live of themselves and their conversations, and of nothing else', async () => {
  await withDatabase(async (cluster, database) => {
    await cluster.using(database, 'postgres', async (client) => {
      const as = async (who: string | undefined, sql: string, values: unknown[] = []) => {
        await client.query('begin');
        const claims = who === undefined
          ? { role: 'anon' }
          : { role: 'authenticated', sub: id(who) };
        await client.query(
          `select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)`,
          [claims.role, JSON.stringify(claims)],
        );
        const { rows } = await client.query(sql, values);
        await client.query('commit');
        return rows;
      };
      await client.query(world);
      const { rows: published } = await client.query(
        `select tablename from pg_publication_tables where pubname = 'supabase_realtime' order by 1`,
      );
      expect(published.map(({ tablename }) => tablename)).toEqual([
        'inbox_entries',
        'messages',
        'notifications',
      ]);

      const [opened] = await as(
        'ada',
        'select conversation_id, message_id from public.start_conversation(gen_random_uuid(), $1, $2)',
        [id('mill'), 'Is it quiet?'],
      );
      const conversation = `conversation:${opened.conversation_id}`;
      const { rows: sent } = await client.query(
        `select topic, event, private, payload::text as payload from realtime.messages order by topic, event`,
      );
      expect(sent.map(({ topic, event, private: isPrivate }) => [topic, event, isPrivate]).sort())
        .toEqual([
          [conversation, 'message', true],
          [`person:${id('ada')}`, 'inbox', true],
          [`person:${id('hedy')}`, 'inbox', true],
          [`person:${id('hedy')}`, 'notification', true],
        ].sort());
      expect(sent.map(({ payload }) => payload).join()).not.toContain('quiet');

      const hears = async (who: string | undefined, topic: string, extension = 'broadcast') => {
        await client.query('begin');
        try {
          await client.query(
            `insert into realtime.messages (topic, extension) values ($1, $2)`,
            [topic, extension],
          );
          const claims = who === undefined
            ? { role: 'anon' }
            : { role: 'authenticated', sub: id(who) };
          await client.query(
            `select set_config('role', $1, true), set_config('request.jwt.claims', $2, true),
               set_config('realtime.topic', $3, true)`,
            [claims.role, JSON.stringify(claims), topic],
          );
          const { rows } = await client.query(
            'select from realtime.messages where topic = $1 and extension = $2',
            [topic, extension],
          );
          return rows.length > 0;
        } finally {
          await client.query('rollback');
        }
      };
      const heard = async (topic: string) => {
        const ears: string[] = [];
        for (const who of ['ada', 'hedy', 'radia', 'eve', undefined]) {
          if (await hears(who, topic)) ears.push(who ?? 'anyone');
        }
        return ears;
      };
      expect(await heard(conversation)).toEqual(['ada', 'hedy']);
      expect(await heard(`person:${id('ada')}`)).toEqual(['ada']);
      for (
        const topic of [
          'conversation',
          'conversation:',
          `conversation:${id('nothing')}`,
          `conversation:${id('ada')}`,
          `room:${opened.conversation_id}`,
          `${conversation}:more`,
          'person:%',
          "person:' or true",
        ]
      ) expect([topic, await heard(topic)]).toEqual([topic, []]);
      expect(await hears('ada', conversation, 'presence')).toBe(false);
      await expect(
        as('ada', `insert into realtime.messages (topic, extension) values ($1, 'broadcast')`, [
          conversation,
        ]),
        'nobody speaks past the verbs',
      ).rejects.toThrow('row-level security');
      await client.query('rollback');

      // Realtime that fails keeps nobody from writing.
      await cluster.using(database, 'supabase_admin', (admin) =>
        admin.query(
          `create or replace function realtime.send(payload jsonb, event text, topic text, private boolean default true)
           returns void language plpgsql as $$ begin raise exception 'away'; end $$`,
        ));
      const answer = await as(
        'hedy',
        'select position from public.send_message(gen_random_uuid(), $1, $2)',
        [opened.conversation_id, 'Very.'],
      );
      expect(answer).toEqual([{ position: 2 }]);
    });
  }, migratedTemplate);
});
