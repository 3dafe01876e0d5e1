import fc from 'fast-check';
import { expect, test } from 'vitest';
import { person } from '../support/people.ts';
import { runs } from '../support/seeds.ts';
import { session } from '../support/sessions.ts';
import { asPostgres, runJobs, setClock } from '../support/stack.ts';
import { home, meanwhile, request } from '../support/stays.ts';

const nights = fc.record({
  from: fc.integer({ min: 1, max: 30 }),
  length: fc.integer({ min: 1, max: 6 }),
});
const deeds = fc.array(
  fc.oneof(
    fc.record({
      deed: fc.constantFrom('block', 'unblock', 'request', 'import', 'far import'),
      nights,
    }),
    fc.record({
      deed: fc.constantFrom(
        'withdraw',
        'drop an import',
        'prepare',
        'an hour passes',
        'a month passes',
        'run the jobs',
      ),
      nights,
    }),
  ),
  { minLength: 5, maxLength: 25 },
);

/** What search believes against what the claims say, night by night; they are compared in TypeScript. */
async function beliefAndTruth(listing: string) {
  const [row] = await asPostgres<{ first_day: string; nights: string; has_holds: boolean }>(
    `select first_day::text, nights::text, has_holds from private.listing_search where listing_id = $1`,
    [listing],
  );
  const claims = await asPostgres<{ from: string; to: string; expires: boolean }>(
    `select lower(nights)::text as from, upper(nights)::text as to, expires_at is not null as expires
     from private.claims where listing_id = $1`,
    [listing],
  );
  const first = Date.parse(row!.first_day);
  const expected = Array.from({ length: 768 }, (_, ahead) => {
    const night = first + ahead * 86_400_000;
    return claims.some(({ from, to }) => Date.parse(from) <= night && night < Date.parse(to))
      ? '1'
      : '0';
  }).join('');
  const near = claims.filter(({ from, to }) =>
    Date.parse(to) > first && Date.parse(from) < first + 768 * 86_400_000
  );
  return {
    belief: {
      nights: row!.nights,
      sawHolds: row!.has_holds || !near.some(({ expires }) => expires),
    },
    truth: { nights: expected, sawHolds: true },
  };
}

test('whatever happens to a calendar, the bits of search are the nights of its claims', async () => {
  const [ada, grace] = [await person('Ada'), await person('Grace')];
  const [host, guest] = [await session(ada), await session(grace)];
  await fc.assert(
    fc.asyncProperty(deeds, async (sequence) => {
      let now = Date.parse('2031-05-20T12:00:00Z');
      // What an earlier case left unpaid is over.
      await setClock(new Date(now + 86_400_000));
      await asPostgres('select private.expire_bookings(100)');
      await setClock(new Date(now));
      const listing = await home({ host: ada });
      const day = (ahead: number) => new Date(now + ahead * 86_400_000).toISOString().slice(0, 10);
      let booking: string | undefined;
      let taken = 0;

      for (const { deed, nights: { from, length } } of sequence) {
        const run = [day(from), day(from + length)];
        // What a rule refuses changes nothing, which is looked at like everything else.
        const tried = async (actor: typeof host, work: () => Promise<unknown>) => {
          await actor.begin();
          try {
            await work();
            await actor.commit();
          } catch {
            await actor.rollback();
          }
        };
        switch (deed) {
          case 'block':
          case 'unblock':
            await tried(
              host,
              () => host.run(`select public.${deed}_nights($1, $2, $3)`, [listing, ...run]),
            );
            break;
          case 'request':
            await tried(guest, async () => {
              booking = await request(guest, { listing, checkIn: run[0]!, checkOut: run[1]! });
            });
            break;
          case 'withdraw':
            await tried(guest, () => guest.run('select public.withdraw_booking($1)', [booking]));
            break;
          case 'import':
          case 'far import':
            await asPostgres(
              `insert into private.claims (listing_id, nights, lane, kind, source)
               values ($1, daterange($2, $3), private.own_lane(), 'import', 'feed') on conflict do nothing`,
              [listing, run[0], deed === 'import' ? run[1] : day(from + 740)],
            );
            break;
          case 'drop an import':
            await asPostgres(
              `delete from private.claims where claim_id in (
                 select claim_id from private.claims
                 where kind = 'import' and listing_id = $1 order by claim_id limit 1)`,
              [listing],
            );
            break;
          case 'prepare':
            await asPostgres('update public.booking_rules set preparation_nights = $1', [
              length % 3,
            ]);
            break;
          case 'an hour passes':
          case 'a month passes':
            now += (deed === 'an hour passes' ? 1 : 24 * 30) * 3_600_000;
            await setClock(new Date(now));
            break;
          case 'run the jobs':
            await runJobs();
            break;
        }
        const { belief, truth } = await beliefAndTruth(listing);
        expect({ deed, ...belief }).toEqual({ deed, ...truth });
        taken = Math.max(taken, truth.nights.split('1').length - 1);
      }
      fc.pre(taken > 0);
    }),
    runs(25),
  );
});

test('a night freed in one session and one taken in another are both known', async () => {
  await setClock('2031-05-20T12:00:00Z');
  const ada = await person('Ada');
  const listing = await home({ host: ada });
  const host = await session(ada);
  await host.begin();
  await host.run('select public.block_nights($1, $2, $3)', [listing, '2031-06-01', '2031-06-11']);
  await host.commit();

  for (const first of ['host', 'guest']) {
    const guest = await session(await person(`Guest ${first}`));
    await host.begin();
    await guest.begin();
    await host.run('select public.unblock_nights($1, $2, $3)', [
      listing,
      ...(first === 'host' ? ['2031-06-01', '2031-06-03'] : ['2031-06-05', '2031-06-07']),
    ]);
    await request(
      guest,
      first === 'host'
        ? { listing, checkIn: '2031-06-12', checkOut: '2031-06-14' }
        : { listing, checkIn: '2031-06-15', checkOut: '2031-06-17' },
    );
    const [one, other] = first === 'host' ? [host, guest] : [guest, host];
    // The first one has told search and is not done; the other has to wait for it.
    await one.run('set constraints all immediate');
    const waiting = meanwhile(other.run('set constraints all immediate'));
    await other.waits();
    await one.commit();
    await waiting;
    await other.commit();
    const { belief, truth } = await beliefAndTruth(listing);
    expect(belief).toEqual(truth);
  }
});
