import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { type Person, person } from '../support/people.ts';
import { type Session, session } from '../support/sessions.ts';
import { asPostgres, setClock } from '../support/stack.ts';
import { hearStripe, home, june, meanwhile, request, startPayment } from '../support/stays.ts';

/** A home, its host, a guest whose stay there has begun, and what they asked and said. */
interface Place {
  listing: string;
  booking: string;
  later: string;
  conversation: string;
  inquiry: string;
  guest: Person;
  host: Person;
}

async function place(hostName: string, guestName: string): Promise<Place> {
  const [host, guest] = [await person(hostName), await person(guestName)];
  const listing = await home({ host });
  const [tab, stripe] = [await session(guest), await session()];
  const stay = async (nights: ReturnType<typeof june>) => {
    await tab.begin();
    const booking = await request(tab, { listing, ...nights });
    await tab.commit();
    await startPayment(tab, booking);
    await stripe.begin();
    expect(await hearStripe(stripe, booking)).toBe('captured');
    await stripe.commit();
    return booking;
  };
  const [booking, later] = [await stay(june(1, 3)), await stay(june(20, 22))];
  const inquiry = randomUUID();
  await tab.begin();
  await tab.run(`select public.send_inquiry($1, $2, $3, $4, 'Hello')`, [
    inquiry,
    listing,
    june(25, 27).checkIn,
    june(25, 27).checkOut,
  ]);
  await tab.commit();
  const [row] = await asPostgres<{ conversation_id: string }>(
    'select conversation_id from public.conversations where listing_id = $1',
    [listing],
  );
  return { listing, booking, later, conversation: row!.conversation_id, inquiry, guest, host };
}

const deeds: { deed: string; who: 'guest' | 'host'; about: keyof Place; sql: string }[] = [
  {
    deed: 'a complaint',
    who: 'guest',
    about: 'booking',
    sql: `select public.file_complaint($1, $2, 'not_clean', 'Dust.')`,
  },
  {
    deed: 'a claim of damage',
    who: 'host',
    about: 'booking',
    sql: `select public.claim_damage($1, $2, 5000, 'A cup.')`,
  },
  {
    deed: 'an alteration',
    who: 'guest',
    about: 'later',
    sql: `select public.propose_alteration($1, $2, check_out => '2031-06-23')`,
  },
  {
    deed: 'an invitation',
    who: 'host',
    about: 'listing',
    sql: `select public.invite_cohost($1, $2, 'calendar', email => 'somebody@example.com')`,
  },
  {
    deed: 'a message',
    who: 'guest',
    about: 'conversation',
    sql: `select public.send_message($1, $2, 'Hello')`,
  },
  {
    deed: 'a report',
    who: 'guest',
    about: 'listing',
    sql: `select public.file_report($1, 'listing', $2, 'fraud')`,
  },
  {
    deed: 'an offer',
    who: 'host',
    about: 'inquiry',
    sql: 'select public.preapprove_inquiry($1, $2)',
  },
];

const places: Place[] = [];

test.each(deeds)(
  '$deed by two people under one id at once: one has it',
  async ({ who, about, sql }) => {
    if (places.length === 0) {
      await setClock('2031-05-20T12:00:00Z');
      places.push(await place('Hedy', 'Ada'), await place('Radia', 'Grace'));
      await setClock('2031-06-01T16:00:00Z');
    }
    const [one, other] = places as [Place, Place];
    const id = randomUUID();
    const does = (tab: Session, { [about]: subject }: Place) => tab.run(sql, [id, subject]);
    const [first, second] = [await session(one[who]), await session(other[who])];
    await first.begin();
    await second.begin();
    await does(first, one);
    const late = meanwhile(does(second, other));
    await second.waits();
    await first.commit();
    await expect(late).rejects.toThrow('id_reused');
  },
);
