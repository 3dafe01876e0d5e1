import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { inProject } from '../../local/paths.ts';
import {
  book,
  bookAndPay,
  type Member,
  publishHome,
  signUp,
  statusOf,
  timePasses,
} from '../support/journeys.ts';
import { anonClient } from '../support/people.ts';
import { asPostgres, setClock } from '../support/stack.ts';
import { june } from '../support/stays.ts';

let hedy: Member;
let ada: Member;
let grace: Member;
let listing: string;

beforeAll(async () => {
  await setClock('2031-05-20T12:00:00Z');
  [hedy, ada, grace] = [await signUp('Hedy'), await signUp('Ada'), await signUp('Grace')];
  listing = await publishHome(hedy);
});

const namesSeenBy = async ({ client }: Pick<Member, 'client'>) => {
  const { data } = await client.from('profiles').select('display_name').order('display_name')
    .throwOnError();
  return data.map((profile) => profile.display_name);
};

test('hosts are public, guests are seen by those they deal with, private halves by nobody else', async () => {
  const stranger = { client: await anonClient() };
  expect(await namesSeenBy(stranger)).toEqual(['Hedy']);
  expect(await namesSeenBy(ada)).toEqual(['Ada', 'Hedy']);
  await ada.client.from('private_profiles').update({ phone: '+15185550100' })
    .eq('profile_id', ada.id).throwOnError();

  await bookAndPay(ada, listing, june(1, 3));
  expect(await namesSeenBy(hedy)).toEqual(['Ada', 'Hedy']);
  expect(await namesSeenBy(grace)).toEqual(['Grace', 'Hedy']);
  expect(await namesSeenBy(stranger)).toEqual(['Hedy']);
  for (const member of [hedy, ada, grace]) {
    const { data } = await member.client.from('private_profiles').select('email').throwOnError();
    expect(data).toEqual([{ email: member.email }]);
  }
  const { error } = await stranger.client.from('private_profiles').select('*');
  expect(error?.code).toBe('42501');

  // Nobody writes another's half, or what is not theirs to say.
  const forged = await grace.client.from('profiles').update({ about: 'Mallory was here' })
    .eq('profile_id', ada.id).select().throwOnError();
  expect(forged.data).toEqual([]);
  const promoted = await grace.client.from('profiles').update({ hosting: true } as never)
    .eq('profile_id', grace.id);
  expect(promoted.error?.code).toBe('42501');
});

test('a guest whom the host blocks cannot book, and others can', async () => {
  await hedy.client.rpc('block_person', { profile_id: grace.id }).throwOnError();
  await hedy.client.rpc('block_person', { profile_id: grace.id }).throwOnError();
  const refused = await book(grace, listing, june(5, 6));
  expect(refused).toMatchObject({ status: 409, error: { message: 'host_unavailable' } });
  expect((await book(ada, listing, june(5, 6))).error).toBeNull();
  await hedy.client.rpc('unblock_person', { profile_id: grace.id }).throwOnError();
  expect((await book(grace, listing, june(7, 8))).error).toBeNull();
});

test('whoever blocks is not found out, and finds whom they blocked', async () => {
  await grace.client.rpc('block_person', { profile_id: hedy.id }).throwOnError();
  expect((await book(grace, listing, june(20, 21))).error?.message).toBe('host_unavailable');
  const listed = await grace.client.from('blocks')
    .select('blocked:profiles!blocks_blocked_id_fkey(display_name)').throwOnError();
  expect(listed.data).toEqual([{ blocked: { display_name: 'Hedy' } }]);
  expect((await hedy.client.from('blocks').select('*').throwOnError()).data).toEqual([]);
  await grace.client.rpc('unblock_person', { profile_id: hedy.id }).throwOnError();
});

test('asking somebody to host tells the owner nothing about them', async () => {
  const ask = async (address: { email: string } | { profile_id: string }) => {
    const { data, error } = await hedy.client.rpc('invite_cohost', {
      invitation_id: crypto.randomUUID(),
      listing_id: listing,
      role: 'full',
      ...address,
    });
    expect(error).toBeNull();
    return {
      ...data,
      invitation_id: '',
      email: '',
      profile_id: '',
      created_at: '',
      expires_at: '',
    };
  };
  const nobody = await ask({ email: 'nobody@example.com' });
  expect(await ask({ email: grace.email })).toEqual(nobody);
  expect(await ask({ profile_id: grace.id })).toEqual(nobody);
  expect(await ask({ profile_id: crypto.randomUUID() })).toEqual(nobody);
  expect(await namesSeenBy(hedy)).not.toContain('Grace');
  await asPostgres('update private.settings set addresses_are_confirmed = true');
  const invited = await grace.client.rpc('my_cohost_invitations').throwOnError();
  expect(invited.data.map(({ owner_name }) => owner_name)).toEqual(['Hedy', 'Hedy']);
  expect((await ada.client.rpc('my_cohost_invitations').throwOnError()).data).toEqual([]);

  const [{ invitation_id } = { invitation_id: null }] = invited.data;
  const forged = await ada.client.rpc('accept_cohost_invitation', {
    invitation_id: invitation_id ?? '',
  });
  expect(forged).toMatchObject({ status: 404, error: { message: 'invitation_not_found' } });
});

test('hosts do not book their own home', async () => {
  const own = await book(hedy, listing, june(10, 11));
  expect(own).toMatchObject({ status: 422, error: { message: 'own_listing' } });
});

test('a suspended person neither books nor hosts, with a token that is still good', async () => {
  const mallory = await signUp('Mallory');
  const den = await publishHome(mallory, { title: 'The Den' });
  const { data: quote } = await mallory.client.rpc('quote_stay', {
    listing_id: listing,
    check_in: '2031-06-12',
    check_out: '2031-06-13',
  }).throwOnError();
  await asPostgres(`insert into private.suspensions (profile_id, reason) values ($1, 'Fraud')`, [
    mallory.id,
  ]);

  const booking = await mallory.client.rpc('request_booking', {
    booking_id: crypto.randomUUID(),
    listing_id: listing,
    check_in: '2031-06-12',
    check_out: '2031-06-13',
    expected_total_minor: quote.total_minor ?? -1,
  });
  expect(booking).toMatchObject({ status: 403, error: { message: 'account_suspended' } });
  const block = await mallory.client.rpc('block_nights', {
    listing_id: den,
    check_in: '2031-06-12',
    check_out: '2031-06-13',
  });
  expect(block).toMatchObject({ status: 403, error: { message: 'account_suspended' } });
  const renamed = await mallory.client.from('listings').update({ title: 'The Lair' })
    .eq('listing_id', den).select().throwOnError();
  expect(renamed.data).toEqual([]);
  expect((await book(ada, den, june(12, 13))).error?.message).toBe('host_unavailable');

  await asPostgres('delete from private.suspensions where profile_id = $1', [mallory.id]);
  expect((await book(ada, den, june(12, 13))).error).toBeNull();
});

test('an account that is closed leaves the books and takes the person out of them', async () => {
  const edith = await signUp('Edith');
  const booking_id = await bookAndPay(edith, listing, june(15, 16));
  await asPostgres('delete from auth.users where id = $1', [edith.id]);

  expect(await statusOf(hedy, booking_id)).toBe('confirmed');
  const { data: seen } = await hedy.client.from('profiles').select('display_name')
    .eq('profile_id', edith.id).single().throwOnError();
  expect(seen).toEqual({ display_name: 'Former member' });
  expect(
    await asPostgres('select email, phone from public.private_profiles where profile_id = $1', [
      edith.id,
    ]),
  ).toEqual([{ email: null, phone: null }]);
  const late = await edith.client.rpc('withdraw_booking', { booking_id });
  expect(late).toMatchObject({ status: 403, error: { message: 'account_closed' } });
});

test('people take what is theirs, and go when nothing is open', async () => {
  const joan = await signUp('Joan');
  const booking_id = await bookAndPay(joan, listing, june(25, 26));
  const { data } = await joan.client.rpc('export_my_data').throwOnError();
  const { document } = data;
  expect(document['public.bookings']?.map((row) => row.booking_id)).toEqual([booking_id]);
  expect(document['public.payments']).toHaveLength(1);
  expect(JSON.stringify(document)).not.toContain('11 State Street');
  expect(JSON.stringify(document)).not.toContain(hedy.email);

  const refused = await joan.client.rpc('delete_my_account');
  expect(refused).toMatchObject({
    status: 409,
    error: { message: 'account_has_open_stays', details: 'Still open: stays.' },
  });
  await setClock('2031-06-28T12:00:00Z');
  await timePasses();
  await joan.client.rpc('delete_my_account').throwOnError();
  expect(await statusOf(hedy, booking_id)).toBe('completed');
  expect((await joan.client.rpc('export_my_data')).error?.message).toBe('account_closed');
  const { error } = await (await anonClient()).auth.signInWithPassword({
    email: joan.email,
    password: 'correct horse battery Joan',
  });
  expect(error?.code).toBe('invalid_credentials');
});

test('a suspended person who asks to be erased is erased by an operator, once nothing is open', async () => {
  const eve = await signUp('Eve');
  await bookAndPay(eve, listing, { checkIn: '2031-07-10', checkOut: '2031-07-11' });
  await asPostgres(`insert into private.suspensions (profile_id, reason) values ($1, 'Fraud')`, [
    eve.id,
  ]);
  const refused = await eve.client.rpc('delete_my_account');
  expect(refused).toMatchObject({ status: 403, error: { message: 'account_suspended' } });

  const [, ask = ''] = /```sql\n(select private\.open_business[^]*?);\n```/.exec(
    readFileSync(inProject('docs/operations.md'), 'utf8'),
  ) ?? [];
  const open = () => asPostgres(ask.replace('00000000-0000-0000-0000-000000000000', eve.id));
  expect(await open()).toEqual([{ open_business: expect.arrayContaining(['stays']) }]);
  await setClock('2031-09-01T12:00:00Z');
  await timePasses();
  expect(await open()).toEqual([{ open_business: [] }]);
  await asPostgres('delete from auth.users where id = $1', [eve.id]);
  expect(
    await asPostgres(
      'select display_name, erased_at is not null as is_erased from public.profiles where profile_id = $1',
      [eve.id],
    ),
  ).toEqual([{ display_name: 'Former member', is_erased: true }]);
});
