import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { type Person, person } from '../support/people.ts';
import { home } from '../support/stays.ts';
import { asPostgres, testDatabase } from '../support/stack.ts';

/** Masks many texts in one query. */
async function masked(bodies: string[]): Promise<string[]> {
  const rows = await asPostgres<{ masked: string }>(
    `select private.mask_contacts(body) as masked
     from unnest($1::text[]) with ordinality as given (body, place) order by place`,
    [bodies],
  );
  return rows.map((row) => row.masked);
}

// Words that hold no digit and no sign of an address, before and after what is hidden.
const words = fc.array(
  fc.constantFrom(
    'we',
    'arrive',
    'soon',
    'please',
    'maison',
    'schön',
    'niño',
    'call',
    'me',
    '🙂',
    'ok',
  ),
  { maxLength: 4 },
).map((all) => all.join(' '));
const around = (what: fc.Arbitrary<string>) =>
  fc.tuple(words, what, words).map((parts) => parts.join(' '));

const digitForms = [
  '0123456789',
  '０１２３４５６７８９',
  '٠١٢٣٤٥٦٧٨٩',
  '०१२३४५६७८९',
].map((form) => [...form]);
const phone = fc.tuple(
  fc.array(
    fc.tuple(
      fc.integer({ min: 0, max: 9 }),
      fc.constantFrom('', '', '', ' ', '-', '.', '/', ' - ', '(', ') ', '\u200b', '_', '*', '·'),
    ),
    { minLength: 9, maxLength: 14 },
  ),
  fc.constantFrom('', '+', '00', '(+'),
  fc.constantFrom(...digitForms),
).map(([digits, start, form]) => start + digits.map(([digit, gap]) => form[digit] + gap).join(''));

/** A number that has the shape of a day says less than it hides: those may pass. */
const days = /(\d{1,4}[-/.]){2}\d{2,4}/g;
const digitsIn = (text: string) =>
  text.normalize('NFKC').replace(/[\u200b]/g, '').replace(
    /[٠-٩]/g,
    (digit) => String(digit.charCodeAt(0) - 0x660),
  ).replace(/[०-९]/g, (digit) => String(digit.charCodeAt(0) - 0x966));

test('no telephone number passes, however it is written', async () => {
  await testDatabase();
  await fc.assert(
    fc.asyncProperty(fc.array(around(phone), { minLength: 20, maxLength: 20 }), async (bodies) => {
      for (const [place, text] of (await masked(bodies)).entries()) {
        const left = digitsIn(text).replace(days, 'day');
        const run = /\d(?:[^\p{L}\d]{0,6}\d){6,}/u.exec(left);
        expect(run, `${JSON.stringify(bodies[place])} became ${JSON.stringify(text)}`).toBeNull();
      }
    }),
    { numRuns: 100 },
  );
});

const name = fc.stringMatching(/^[a-z][a-z0-9._-]{0,12}[a-z0-9]$/);
const domain = fc.tuple(
  fc.stringMatching(/^[a-z][a-z0-9]{1,10}$/),
  fc.constantFrom('com', 'org', 'de', 'fr', 'es', 'co.uk', 'io', 'museum'),
);
const at = fc.constantFrom('@', ' @ ', '＠', '(at)', ' [at] ', '\u200b@', ' at ');
const dot = fc.constantFrom('.', '.', ' dot ', ' [dot] ', '\u2060.');
const email = fc.tuple(name, at, domain, dot).map(([who, sign, [host, end], point]) =>
  `${who}${sign}${host}${point}${end.replace('.', point)}`
);

test('no e-mail address passes, however it is written', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(around(email), { minLength: 20, maxLength: 20 }), async (bodies) => {
      for (const [place, text] of (await masked(bodies)).entries()) {
        const said = `${JSON.stringify(bodies[place])} became ${JSON.stringify(text)}`;
        expect(text, said).toContain('•••');
        expect(/[^\s@•]+@[^\s@•]+/.test(text), said).toBe(false);
      }
    }),
    { numRuns: 100 },
  );
});

test('whatever is said: masking twice is masking once, and it never fails', async () => {
  const anything = fc.string({ unit: 'binary', maxLength: 200 })
    .map((text) => text.replaceAll('\u0000', '').toWellFormed());
  const noise = fc.oneof(
    anything,
    fc.array(
      fc.constantFrom('1', '2', '.', ':', '-', '@', ' ', 'a', 'at', 'dot', 'com', '9', '/'),
      {
        maxLength: 60,
      },
    ).map((parts) => parts.join('')),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(noise, { minLength: 20, maxLength: 20 }), async (bodies) => {
      const once = await masked(bodies);
      const twice = await masked(once);
      expect(twice).toEqual(once);
    }),
    { numRuns: 100 },
  );
});

// Unread counters

type Deed =
  | { do: 'say'; who: number }
  | { do: 'read'; who: number; to: number }
  | { do: 'host'; isHost: boolean };

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('say' as const), who: fc.nat(2) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('read' as const), who: fc.nat(2), to: fc.nat(12) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('host' as const), isHost: fc.boolean() }) },
);

test('unread is what one counts, after any life of a conversation', async () => {
  const people: Person[] = [await person('Ada'), await person('Hedy'), await person('Hugo')];
  const [ada, hedy, hugo] = people as [Person, Person, Person];
  const as = async (who: Person, sql: string, values: unknown[]) => {
    const { pool } = await testDatabase();
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query(
        `select set_config('role', 'authenticated', true), set_config('request.jwt.claims', $1, true)`,
        [JSON.stringify({ sub: who.id, role: 'authenticated' })],
      );
      const { rows } = await client.query(sql, values);
      await client.query('commit');
      return rows;
    } catch (error) {
      await client.query('rollback');
      if ((error as { code?: string }).code?.startsWith('PT')) return [];
      throw error;
    } finally {
      client.release();
    }
  };
  await asPostgres(
    'update private.settings set messages_per_hour = 10000, new_conversations = 1000',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { maxLength: 25 }), async (life) => {
      const listing = await home({ host: hedy });
      const [opened] = await as(
        ada,
        'select conversation_id from public.start_conversation($1, $2, $3)',
        [randomUUID(), listing, 'Hello'],
      );
      for (const step of life) {
        if (step.do === 'say') {
          await as(people[step.who]!, 'select * from public.send_message($1, $2, $3)', [
            randomUUID(),
            opened.conversation_id,
            'Hi',
          ]);
        } else if (step.do === 'read') {
          await as(people[step.who]!, 'select * from public.mark_read($1, $2)', [
            opened.conversation_id,
            step.to,
          ]);
        } else {
          await asPostgres(
            step.isHost
              ? `insert into public.listing_hosts (listing_id, profile_id, role) values ($1, $2, 'full') on conflict do nothing`
              : 'delete from public.listing_hosts where listing_id = $1 and profile_id = $2',
            [listing, hugo.id],
          );
        }
      }
      const wrong = await asPostgres(
        `select inbox_entries.* from public.inbox_entries
         where conversation_id = $1 and unread <> (
           select count(*) from public.messages
           where messages.conversation_id = inbox_entries.conversation_id and kind <> 'event'
             and messages.side <> inbox_entries.side and position > read_position)`,
        [opened.conversation_id],
      );
      expect(wrong).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
