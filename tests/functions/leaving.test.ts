import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Member, publishHome, signUp } from '../support/journeys.ts';
import { anonClient, person, serviceClient } from '../support/people.ts';
import { plain } from '../support/pictures.ts';
import { asPostgres, moveClock } from '../support/stack.ts';
import { home } from '../support/stays.ts';
import { begin, begins, control, pay, stripeSdk, work } from './paying.ts';

beforeEach(async () => {
  await begins();
  await asPostgres(`update public.payments set status = 'cancelled' where status = 'pending'`);
  await asPostgres('delete from private.customers');
});

let people = 0;
/** Names that nobody had: who went does not come back. */
const newName = (name: string) => `${name}${String.fromCharCode(97 + people++)}`;

const commands = async (kind: string) =>
  (await asPostgres<{ status: string }>('select status from private.commands where kind = $1', [
    kind,
  ])).map(({ status }) => status);

describe('who a guest was at Stripe', () => {
  /** A long stay: its card is saved for the later instalments. Over, when asked for. */
  async function stayed({ over = true } = {}) {
    const guest = await person(newName('Grace'));
    const [nights] = await asPostgres<{ checkIn: string; checkOut: string }>(
      `select (private.today('UTC') + 1)::text as "checkIn", (private.today('UTC') + 33)::text as "checkOut"`,
    );
    const begun = await begin(await home(), guest, nights);
    await pay(begun.intent);
    if (over) {
      // As if it had been of one instalment, and were over: what comes in between is of no matter here.
      await asPostgres(
        `update public.payments set status = 'cancelled' where booking_id = $1 and status = 'pending'`,
        [begun.booking],
      );
      await asPostgres(
        `select private.move_booking($1, 'completed', 'system', null, null)`,
        [begun.booking],
      );
      await moveClock('50 days');
    }
    const stripe = await control();
    stripe.clearRequests();
    return { ...begun, guest };
  }
  const go = (id: string) => asPostgres('delete from auth.users where id = $1', [id]);
  const atStripe = async () => (await control()).list('customers').map(({ deleted }) => !!deleted);
  const known = (id: string) =>
    asPostgres('select from private.customers where guest_id = $1', [id]);
  const cards = (booking: string) =>
    asPostgres(
      `select from private.saved_cards where booking_id = $1 and stripe_payment_method_id is not null`,
      [booking],
    );

  test('is deleted there with its cards, once the person is gone', async () => {
    const { guest, booking } = await stayed();
    const stripe = await control();
    await work();
    expect(await atStripe()).toEqual([false]);
    expect(await cards(booking)).toHaveLength(1);
    await go(guest.id);
    await work();
    expect(await atStripe()).toEqual([true]);
    expect(stripe.list('payment_methods').map(({ customer }) => customer)).toEqual([null]);
    expect(await known(guest.id)).toEqual([]);
    expect(await cards(booking)).toEqual([]);
    expect(await commands('delete_customer')).toEqual(['done']);
    stripe.clearRequests();
    await work();
    expect(stripe.requests({ method: 'DELETE' })).toEqual([]);
  });

  test('stays while a stay is to come, and goes after it', async () => {
    const { guest, booking } = await stayed({ over: false });
    await go(guest.id);
    await work();
    expect(await atStripe()).toEqual([false]);
    // The instalment that is still to come is charged to the card.
    await moveClock('25 days');
    await work();
    await work();
    expect(
      await asPostgres(
        `select from public.payments where booking_id = $1 and status = 'captured'`,
        [
          booking,
        ],
      ),
    ).toHaveLength(2);
    await moveClock('10 days');
    await work();
    expect(await atStripe(), 'damage may still be claimed').toEqual([false]);
    await moveClock('14 days');
    await work();
    await work();
    expect(await atStripe()).toEqual([true]);
  });

  test.each(['error_before', 'error_after', 'reset_after', 'reset_before'] as const)(
    'is deleted once when Stripe is not heard (%s)',
    async (kind) => {
      const { guest } = await stayed();
      const stripe = await control();
      stripe.fail({ kind, method: 'DELETE', path: '/v1/customers', times: 3 });
      await go(guest.id);
      await work();
      stripe.clearFaults();
      await moveClock('1 minute');
      await work();
      expect(await atStripe()).toEqual([true]);
      expect(await commands('delete_customer')).toEqual(['done']);
      expect(stripe.list('events').filter(({ type }) => type === 'customer.deleted')).toHaveLength(
        1,
      );
    },
  );

  test('is gone there already: that is what was wanted', async () => {
    const { guest } = await stayed();
    const stripe = await control();
    const [customer] = stripe.list('customers');
    await (await stripeSdk()).customers.del(customer?.id ?? '');
    await go(guest.id);
    await work();
    expect(await commands('delete_customer')).toEqual(['done']);
    expect(await known(guest.id)).toEqual([]);
  });

  test('was made and never recorded: it goes too', async () => {
    const { guest } = await stayed();
    const stripe = await control();
    await (await stripeSdk()).customers.create({
      metadata: { app: 'staybase', env: 'local', guest_id: guest.id },
    });
    await (await stripeSdk()).customers.create({
      metadata: { app: 'staybase', env: 'staging', guest_id: guest.id },
    });
    await moveClock('2 minutes');
    await go(guest.id);
    await work();
    expect(await atStripe(), 'all but that of another installation').toEqual([true, true, false]);
    expect(stripe.list('customers')).toHaveLength(3);
  });
});

describe('files in Storage', () => {
  const photo = new Blob(['not really a picture'], { type: 'image/jpeg' });
  const picture = new Blob([new Uint8Array(plain[0]![2])], { type: 'image/jpeg' });
  const files = async () =>
    (await asPostgres<{ name: string }>(
      `select bucket_id || '/' || name as name from storage.objects order by 1`,
    )).map(({ name }) => name);
  const download = async (bucket: string, path: string) =>
    (await (await serviceClient()).storage.from(bucket).download(path)).data;

  /** A report with a file of evidence; returns the file. */
  async function report(member: Member, subject_id: string): Promise<[string, string]> {
    const report_id = randomUUID();
    await member.client.rpc('file_report', {
      report_id,
      subject: 'listing',
      subject_id,
      category: 'fraud',
      body: 'No such house.',
    }).throwOnError();
    const path = `${member.id}/${report_id}/street.jpg`;
    const { error } = await member.client.storage.from('evidence').upload(path, photo);
    expect(error).toBeNull();
    return [report_id, path];
  }
  const close = (report_id: string) =>
    asPostgres(
      `update public.reports set status = 'closed', closed_at = private.now() where report_id = $1`,
      [report_id],
    );
  const gone = (member: Member) => asPostgres('delete from auth.users where id = $1', [member.id]);

  beforeEach(async () => {
    for (const bucket of ['evidence', 'photo-uploads', 'listing-photos']) {
      await (await serviceClient()).storage.emptyBucket(bucket);
    }
  });

  test('evidence goes with the words of a report that was closed long ago, and no other', async () => {
    const [host, ada] = [await signUp(newName('Hedy')), await signUp(newName('Ada'))];
    const listing = await publishHome(host);
    const [old, first] = await report(ada, listing);
    const [, second] = await report(ada, await publishHome(host));
    await close(old);
    await moveClock('729 days');
    await work();
    expect(await files()).toHaveLength(2);
    await moveClock('2 days');
    await work();
    expect(await files()).toEqual([`evidence/${second}`]);
    expect(await download('evidence', first)).toBeNull();
    expect(await (await download('evidence', second))?.text()).toBe('not really a picture');
    expect(await commands('remove_evidence')).toEqual(['done']);
  });

  test('evidence of somebody who is gone waits for the decision, and goes with it', async () => {
    const [host, ada] = [await signUp(newName('Hedy')), await signUp(newName('Ada'))];
    const listing = await publishHome(host);
    const [decided] = await report(ada, listing);
    await close(decided);
    const [open, path] = await report(ada, await publishHome(host));
    await gone(ada);
    await work();
    expect(await files()).toEqual([`evidence/${path}`]);
    await close(open);
    await work();
    expect(await files()).toEqual([]);
  });

  test('photos of a home go with its host, unless a guest has still to come', async () => {
    const host = await signUp(newName('Hedy'));
    const other = await signUp(newName('Alan'));
    const listing = await publishHome(host);
    const theirs = await publishHome(other);
    for (const [member, listing_id] of [[host, listing], [other, theirs]] as const) {
      const storage_path = `${listing_id}/mill.jpg`;
      await member.client.storage.from('photo-uploads').upload(storage_path, picture);
      await member.client.from('listing_photos').insert({ listing_id, storage_path, position: 1 })
        .throwOnError();
    }
    const guest = await person(newName('Grace'));
    const { intent, booking } = await begin(listing, guest);
    await pay(intent);
    await gone(host);
    await work();
    await work();
    const all = (listing_id: string) =>
      ['listing-photos', 'photo-uploads'].map((bucket) => `${bucket}/${listing_id}/mill.jpg`);
    // The home is hidden, so nobody else sees its photo any more; the guest does.
    expect(await files()).toEqual(
      [...all(theirs), `photo-uploads/${listing}/mill.jpg`].sort(),
    );
    await asPostgres(`select private.move_booking($1, 'completed', 'system', null, null)`, [
      booking,
    ]);
    await work();
    await work();
    expect(await files()).toEqual(all(theirs));
    expect(await download('photo-uploads', `${listing}/mill.jpg`)).toBeNull();
    expect(await download('listing-photos', `${listing}/mill.jpg`)).toBeNull();
    const { data } = await (await anonClient()).from('listing_photos').select('listing_id')
      .throwOnError();
    expect(data).toEqual([{ listing_id: theirs }]);
  });

  test('a worker that died has removed some: the others follow', async () => {
    const [host, ada] = [await signUp(newName('Hedy')), await signUp(newName('Ada'))];
    const [report_id, path] = await report(ada, await publishHome(host));
    const more = path.replace('street', 'second');
    await ada.client.storage.from('evidence').upload(more, photo);
    await close(report_id);
    await gone(ada);
    const { data } = await (await serviceClient()).rpc('claim_commands', { most: 10 });
    expect(data?.map(({ kind, facts }) => ({ kind, facts }))).toContainEqual({
      kind: 'remove_evidence',
      facts: { bucket: 'evidence', names: [more, path].sort() },
    });
    await (await serviceClient()).storage.from('evidence').remove([path]);
    await moveClock('2 minutes 1 second');
    await work();
    expect(await files()).toEqual([]);
    expect(await commands('remove_evidence')).toEqual(['done']);
  });
});
