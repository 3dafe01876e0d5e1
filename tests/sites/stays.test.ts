import { createClient } from '@supabase/supabase-js';
import { afterAll, expect, test } from 'vitest';
import { demoPassword } from '../../local/demo-people.ts';
import { keys } from '../../local/keys.ts';
import type { Database } from '../../types/index.ts';
import { closeBrowser, noBrowser, picture, sites, unlike, visitor } from './support/browser.ts';
import { overflows, violations } from './support/looks.ts';
import { holdEarlier, sql } from './support/operator.ts';
import { payOnPage } from './support/paying.ts';

const garden = '10000000-0000-4000-8000-000000000003';

afterAll(closeBrowser);

/** Calls a verb as one of the hosts. */
async function hostSays<Verb extends keyof Database['public']['Functions']>(
  email: string,
  verb: Verb,
  given: Database['public']['Functions'][Verb]['Args'],
): Promise<void> {
  const host = createClient<Database>(sites.gateway, keys.publishable, {
    auth: { persistSession: false },
  });
  await host.auth.signInWithPassword({ email, password: demoPassword });
  await host.rpc(verb, given).throwOnError();
}

test.skipIf(noBrowser)(
  'a guest complains during the stay, the host answers, and staff refund what they find right',
  async () => {
    const booking = crypto.randomUUID();
    await holdEarlier(booking, 1, 3);
    const guest = await visitor({ as: 'alan@example.com', width: 360 });
    await guest.page.goto(`/bookings/${booking}`);
    await payOnPage(guest.page);
    await guest.page.getByText('Your stay is confirmed.').waitFor();
    await guest.page.getByRole('button', { name: 'Report a problem' }).click();
    const dialog = guest.page.getByRole('dialog', { name: 'Report a problem with this stay' });
    await dialog.getByLabel('Something does not work').check();
    await dialog.getByLabel('What happened?').fill('The stove stays cold.');
    await dialog.getByLabel('Photos or other files')
      .setInputFiles({ name: 'stove.png', mimeType: 'image/png', buffer: Buffer.from('cold') });
    expect(await violations(guest.page)).toEqual([]);
    expect(await overflows(guest.page)).toBe(false);
    await picture(guest.page, 'complaint-360');
    await dialog.getByRole('button', { name: 'Send complaint' }).click();
    const complaint = guest.page.getByRole('region', { name: 'Your complaint' });
    await complaint.getByText('The stove stays cold.').waitFor();
    await complaint.getByRole('button', { name: 'Withdraw the complaint' }).waitFor();
    // One at a time.
    expect(await guest.page.getByRole('button', { name: 'Report a problem' }).count()).toBe(0);

    const host = await visitor({ as: 'hedy@example.com' });
    await host.page.goto(`/host/bookings/${booking}`);
    await host.page.getByText('The stove stays cold.').waitFor();
    await host.page.getByLabel('Your answer').fill('I bring another one tonight.');
    await host.page.getByRole('button', { name: 'Send answer' }).click();
    await host.page.getByText('Your answer: I bring another one tonight.').waitFor();
    expect(await violations(host.page)).toEqual([]);

    const staff = await visitor({ site: sites.gateway, as: 'margaret@example.com' });
    await staff.page.goto('/console/complaints');
    const found = staff.page.getByRole('article', { name: 'Complaint' })
      .filter({ hasText: 'The stove stays cold.' });
    await found.getByText('I bring another one tonight.').waitFor();
    const evidence = found.getByRole('link', { name: '1-stove.png' });
    const seen = await staff.page.request.get(await evidence.getAttribute('href') ?? '');
    expect(await seen.text()).toBe('cold');
    await found.getByRole('button', { name: 'Refund' }).click();
    const decision = staff.page.getByRole('dialog');
    await decision.getByLabel(/^Refund to the guest/).fill('20');
    await decision.getByLabel('Reason').fill('A day without heating.');
    await decision.getByRole('button', { name: 'Refund', exact: true }).click();
    await expect.poll(() => found.count()).toBe(0);

    await guest.page.reload();
    await complaint.getByText('A day without heating.').waitFor();
    await guest.page.getByText('€20.00 refunded').waitFor();
    for (const { complaints } of [guest, host, staff]) expect(complaints).toEqual([]);
  },
);

test.skipIf(noBrowser)(
  'a guest who is said not to have come objects, and what they add later is theirs to see',
  async () => {
    const booking = crypto.randomUUID();
    await holdEarlier(booking, 2, 4, 'Houseboat Marianne');
    const guest = await visitor({ as: 'alan@example.com', width: 360 });
    await guest.page.goto(`/bookings/${booking}`);
    await payOnPage(guest.page);
    await guest.page.getByText('Your stay is confirmed.').waitFor();
    await hostSays('hedy@example.com', 'report_no_show', {
      booking_id: booking,
      report: 'The key is still here.',
    });

    await guest.page.reload();
    const report = guest.page.getByRole('region', { name: 'Did you arrive?' });
    await report.getByText('The key is still here.').waitFor();
    await report.getByLabel('What happened?').fill('I have a key of my own.');
    expect(await violations(guest.page)).toEqual([]);
    expect(await overflows(guest.page)).toBe(false);
    await picture(guest.page, 'no-show-360');
    await report.getByRole('button', { name: 'I did arrive' }).click();
    await report.getByText('Being decided').waitFor();
    expect(await report.getByRole('button', { name: 'I did arrive' }).count()).toBe(0);

    const files = report.getByRole('list', { name: 'Your files' });
    for (const name of ['key.png', 'key.png']) {
      const before = await files.getByRole('listitem').count();
      await report.getByLabel('Photos or other files')
        .setInputFiles({ name, mimeType: 'image/png', buffer: Buffer.from(`key ${before}`) });
      await files.getByRole('listitem').nth(before).waitFor();
    }
    expect(await files.getByRole('button').allTextContents()).toEqual(['1-key.png', '2-key.png']);
    const opened = guest.page.context().waitForEvent('page');
    await files.getByRole('button', { name: '2-key.png' }).click();
    await (await opened).waitForURL(/evidence/);

    // The host sees what was said, and none of the files.
    const host = await visitor({ as: 'hedy@example.com' });
    await host.page.goto(`/host/bookings/${booking}`);
    await host.page.getByText('I have a key of my own.').waitFor();
    await host.page.getByLabel('Photos or other files').waitFor();
    expect(await host.page.getByText('key.png').count()).toBe(0);
    for (const { complaints } of [guest, host]) expect(complaints).toEqual([]);
  },
);

test.skipIf(noBrowser)(
  'a guest agrees to pay for damage, the saved card is declined, and they pay with another',
  async () => {
    const booking = crypto.randomUUID();
    await sql(`update public.listings set damage_claims = true where listing_id = $1`, [garden]);
    await holdEarlier(booking, 8, 2);
    const guest = await visitor({ as: 'alan@example.com', width: 360 });
    await guest.page.goto(`/bookings/${booking}`);
    // A card of which the bank asks for each payment: it cannot be charged while nobody is there.
    await payOnPage(guest.page, '4000002760003184');
    await guest.page.getByRole('button', { name: 'Confirm' }).click();
    await expect.poll(() =>
      sql('select status from public.bookings where booking_id = $1', [booking])
    )
      .toEqual([{ status: 'completed' }]);
    await hostSays('hedy@example.com', 'claim_damage', {
      claim_id: crypto.randomUUID(),
      booking_id: booking,
      amount_minor: 4500,
      damage: 'A broken lamp.',
    });

    await guest.page.reload();
    const claim = guest.page.getByRole('region', { name: 'Your host claims €45.00 for damage' });
    await claim.getByText('A broken lamp.').waitFor();
    expect(await violations(guest.page)).toEqual([]);
    expect(await overflows(guest.page)).toBe(false);
    await picture(guest.page, 'damage-360');
    await claim.getByRole('button', { name: 'Agree to pay €45.00' }).click();
    await claim.getByText('Being charged').waitFor();

    const declined = () =>
      sql(
        'select pay_by is not null as declined from public.payments where booking_id = $1 and purpose = $2',
        [booking, 'damage'],
      );
    await expect.poll(declined).toEqual([{ declined: true }]);
    await guest.page.reload();
    await guest.page.getByText(/^Your saved card was declined/).waitFor();
    await payOnPage(guest.page);
    await claim.getByText('Paid', { exact: true }).waitFor();
    expect(await guest.page.getByText(/^Your saved card was declined/).count()).toBe(0);
    expect(guest.complaints).toEqual([]);
  },
);

test.skipIf(noBrowser)(
  'the name of a review leads to its author, for the host and the guest of the stay',
  async () => {
    const booking = crypto.randomUUID();
    await holdEarlier(booking, 5, 2);
    const guest = await visitor({ as: 'alan@example.com' });
    await guest.page.goto(`/bookings/${booking}`);
    await payOnPage(guest.page);
    // It is over already: a job completes it.
    await expect.poll(() =>
      sql('select status from public.bookings where booking_id = $1', [booking])
    )
      .toEqual([{ status: 'completed' }]);
    await guest.page.reload();
    const said = unlike('The walnuts fell all night.');
    await guest.page.getByRole('radiogroup', { name: 'Overall' })
      .getByRole('radio', { name: '4 out of 5 stars' }).click();
    await guest.page.getByLabel('In your own words').fill(said);
    expect(await violations(guest.page)).toEqual([]);
    await guest.page.getByRole('button', { name: 'Send review' }).click();
    await guest.page.getByRole('heading', { name: 'Your review' }).waitFor();

    const scores = { stars: 5, cleanliness: 5, communication: 5, house_rules: 5 };
    await hostSays('hedy@example.com', 'review_guest', { booking_id: booking, ...scores });

    const stranger = await visitor();
    const host = await visitor({ as: 'hedy@example.com' });
    for (const { page } of [stranger, guest, host]) {
      await page.goto(`/homes/${garden}`);
      const review = page.getByRole('listitem').filter({ hasText: said });
      await review.getByText('Alan', { exact: true }).waitFor();
      expect(await review.getByRole('link', { name: 'Alan' }).count())
        .toBe(page === stranger.page ? 0 : 1);
    }
    await host.page.getByRole('listitem').filter({ hasText: said })
      .getByRole('link', { name: 'Alan' }).click();
    await host.page.getByRole('heading', { name: 'Alan', level: 1 }).waitFor();
    expect(await violations(host.page)).toEqual([]);
    for (const { complaints } of [stranger, guest, host]) expect(complaints).toEqual([]);
  },
);
