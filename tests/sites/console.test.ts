import type { Page } from 'playwright-core';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { demoPassword } from '../../local/demo-people.ts';
import { keys } from '../../local/keys.ts';
import { closeBrowser, noBrowser, picture, sites, visitor } from './support/browser.ts';
import { overflows, violations } from './support/looks.ts';
import { holdEarlier, sql } from './support/operator.ts';
import { payOnPage } from './support/paying.ts';

/** A stay that staff cancelled: nobody else tries anything with it. */
const stay = '20000000-0000-4000-8000-000000000009';
const complaint = '30000000-0000-4000-8000-000000000001';

afterAll(closeBrowser);

/** Opens the console. `refusals` are statuses that the API is expected to answer with. */
async function visit({ refusals = [] as number[] } = {}) {
  const { page, complaints } = await visitor({ site: sites.gateway });
  await page.goto('/console/');
  return {
    page,
    /** What the browser had to complain about, but what was expected. */
    complaints: () =>
      complaints.filter((text) => !refusals.includes(Number(/status of (\d{3})/.exec(text)?.[1]))),
  };
}

async function signIn(page: Page, name: string, password = demoPassword): Promise<void> {
  await page.getByLabel('E-mail').fill(`${name}@example.com`);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function open(page: Page, title: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: title, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
}

/** Fills the dialog that is open, and sends it. */
async function send(page: Page, button: string, reason?: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  if (reason !== undefined) await dialog.getByLabel('Reason').fill(reason);
  await dialog.getByRole('button', { name: button, exact: true }).click();
}

async function settled(page: Page): Promise<void> {
  await expect.poll(() => page.getByText('Loading…').count()).toBe(0);
}

test.skipIf(noBrowser)('guests and hosts who sign in see a refusal and nothing else', async () => {
  const { page, complaints } = await visit({ refusals: [400, 403] });
  await signIn(page, 'margaret', 'a-wrong-one');
  await expect.poll(() => page.getByRole('alert').textContent()).toContain('invalid_credentials');
  for (const name of ['ada', 'grace']) {
    await signIn(page, name);
    await page.getByRole('heading', { name: 'This is for staff only' }).waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('staff_only');
    expect(await page.getByRole('navigation').count()).toBe(0);
    expect(await page.getByRole('link').count()).toBe(0);
    await page.goto(`/console/bookings/${stay}`);
    await page.getByRole('heading', { name: 'This is for staff only' }).waitFor();
    expect(await page.getByRole('table').count()).toBe(0);
    await page.getByRole('button', { name: 'Sign out' }).click();
  }
  await page.getByRole('heading', { name: 'Console' }).waitFor();
  expect(complaints()).toEqual([]);
});

test.skipIf(noBrowser)('every page is accessible, on a phone too', async () => {
  const { page, complaints } = await visit();
  await signIn(page, 'margaret');
  await page.getByRole('heading', { level: 1, name: 'Now' }).waitFor();
  const links = await page.getByRole('navigation').getByRole('link').all();
  const addresses = await Promise.all(links.map((link) => link.getAttribute('href')));
  expect(addresses.length).toBeGreaterThan(20);
  const [{ profile_id } = {}] = await sql(
    `select profile_id from public.profiles where display_name = 'Hedy'`,
  );
  const found: unknown[] = [];
  for (
    const address of [
      ...addresses,
      `/console/bookings/${stay}`,
      `/console/people/${profile_id}`,
      '/console/nothing',
    ]
  ) {
    // By the menu, as staff go; the others as from a link in a chat.
    const link = page.locator(`nav a[href="${address}"]`);
    if (await link.count() > 0) {
      await link.click();
      await page.locator(`nav a[href="${address}"][aria-current]`).waitFor();
    } else await page.goto(address ?? '');
    await page.locator('#main h1').waitFor();
    await settled(page);
    if (await page.getByRole('alert').count() > 0) {
      found.push([address, await page.getByRole('alert').first().textContent()]);
    }
    const broken = await violations(page);
    if (broken.length > 0) found.push([address, broken]);
    const name = ['console', ...(address ?? '').split('/').slice(2, 3).filter(Boolean)].join('-');
    await picture(page, `${name}-1280`);
    await page.setViewportSize({ width: 360, height: 740 });
    if (await overflows(page)) {
      found.push([address, 'is wider than a telephone']);
    }
    await picture(page, `${name}-360`);
    await page.setViewportSize({ width: 1280, height: 800 });
  }
  expect(found).toEqual([]);
  expect(complaints()).toEqual([]);
});

test.skipIf(noBrowser)('staff find a person, suspend them and lift the suspension', async () => {
  const joined = await fetch(`${sites.gateway}/auth/v1/signup`, {
    method: 'POST',
    headers: { apikey: keys.publishable, 'content-type': 'application/json' },
    body: JSON.stringify({
      email: 'joan@example.com',
      password: demoPassword,
      data: { display_name: 'Joan' },
    }),
  });
  expect(joined.status).toBe(200);
  const { page, complaints } = await visit({ refusals: [403] });
  await signIn(page, 'margaret');
  await page.getByRole('heading', { level: 1, name: 'Now' }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('joan');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'People' }).waitFor();
  await page.getByRole('link', { name: 'Joan', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Joan' }).waitFor();

  const isSuspended = async () =>
    (await sql(
      `select reason from private.suspensions join public.profiles using (profile_id)
       where display_name = 'Joan'`,
    )).map(({ reason }) => reason);
  await page.getByRole('button', { name: 'Suspend' }).click();
  await send(page, 'Suspend');
  expect(await page.getByRole('dialog').count(), 'a reason is asked for').toBe(1);
  expect(await isSuspended()).toEqual([]);
  await send(page, 'Suspend', 'It was fraud.');
  await page.getByRole('button', { name: 'Lift suspension' }).waitFor();
  expect(await isSuspended()).toEqual(['It was fraud.']);
  await expect.poll(() => page.getByRole('table', { name: 'Decisions' }).textContent())
    .toContain('It was fraud.');

  await page.getByRole('button', { name: 'Lift suspension' }).click();
  await send(page, 'Lift suspension', 'It was not.');
  await page.getByRole('button', { name: 'Suspend' }).waitFor();
  expect(await isSuspended()).toEqual([]);

  await page.getByRole('link', { name: 'Audit log about them' }).click();
  // The page before has a table, too.
  await page.waitForURL(/\/audit/);
  await expect.poll(() => page.getByRole('table').first().textContent()).toMatch(
    /suspension\.removed.*suspension\.added/s,
  );

  // What is refused stays in the dialog, by its code.
  await open(page, 'People');
  await page.getByRole('link', { name: 'Margaret', exact: true }).click();
  await page.getByRole('button', { name: 'Suspend' }).click();
  await send(page, 'Suspend', 'Me.');
  await expect.poll(() => page.getByRole('dialog').getByRole('alert').textContent())
    .toContain('own_case');
  await page.getByRole('button', { name: 'Back' }).click();
  expect(complaints()).toEqual([]);
});

test.skipIf(noBrowser)('staff decide a complaint, and read messages only until then', async () => {
  await sql(
    `insert into public.complaints (complaint_id, booking_id, category, complaint, created_at)
     values ($1, $2, 'not_clean', 'There is dust.', private.now())`,
    [complaint, stay],
  );
  const { page, complaints } = await visit();
  await signIn(page, 'margaret');
  await page.getByRole('link', { name: /open complaints/ }).click();
  await page.getByText('There is dust.').waitFor();
  await page.getByRole('article').filter({ hasText: 'There is dust.' }).getByRole('link').click();
  await page.getByRole('heading', { level: 1, name: 'Booking' }).waitFor();

  await page.getByRole('button', { name: 'Read the messages' }).click();
  await send(page, 'Read the messages');
  await page.getByRole('region', { name: 'Messages' }).or(page.getByText('They wrote nothing'))
    .waitFor();
  expect(await sql(`select action from private.audit_log where action = 'messages.read'`))
    .toHaveLength(1);

  await page.getByRole('article', { name: 'Complaint' }).getByRole('button', { name: 'Dismiss' })
    .click();
  await send(page, 'Dismiss', 'It was clean.');
  await expect.poll(() => page.getByRole('table', { name: 'What happened' }).textContent())
    .toContain('It was clean.');
  expect(
    await sql('select status, decision from public.complaints where complaint_id = $1', [
      complaint,
    ]),
  ).toEqual([
    { status: 'dismissed', decision: 'It was clean.' },
  ]);
  await page.reload();
  await page.getByText('They are open to staff while').waitFor();
  await settled(page);
  expect(await page.getByRole('button', { name: 'Read the messages' }).count()).toBe(0);
  expect(complaints()).toEqual([]);
});

test.skipIf(noBrowser)('staff retry a failed command', async () => {
  const failed = await sql(
    `update private.commands
     set status = 'failed', problem = 'No such mailbox.', finished_at = private.now()
     where command_id = (
       select command_id from private.commands where kind = 'send_mail' and status = 'done' limit 1)
     returning command_id`,
  );
  expect(failed).toHaveLength(1);
  const { page, complaints } = await visit();
  await signIn(page, 'margaret');
  await open(page, 'Outbox');
  await page.getByText('No such mailbox.').waitFor();
  await page.getByRole('button', { name: 'Retry' }).click();
  await send(page, 'Retry');
  await expect.poll(async () =>
    (await sql('select status from private.commands where command_id = $1', [
      failed[0]?.['command_id'],
    ]))[0]?.['status']
  ).toBe('done');
  expect(complaints()).toEqual([]);
});

test.skipIf(noBrowser)('staff record that a host was paid by hand', async () => {
  // A stay of its own, two months ahead: other files look at the payouts of the town.
  const booking = crypto.randomUUID();
  await holdEarlier(booking, -60, 2, 'Houseboat Marianne');
  const guest = await visitor({ as: 'alan@example.com' });
  await guest.page.goto(`/bookings/${booking}`);
  await payOnPage(guest.page);
  await guest.page.getByText('Your stay is confirmed.').waitFor();
  const [payout] = await sql(
    `select payout_id, to_char(amount_minor / 100.0, 'FM999999990.00') as amount,
       private.place_hold(booking_id, 'settled_in_another_currency', payment_id::text)
     from public.payouts where booking_id = $1`,
    [booking],
  );
  expect(payout).toBeDefined();
  const { page, complaints } = await visit();
  await signIn(page, 'margaret');
  await open(page, 'Payouts');
  await page.getByLabel('Status').selectOption('blocked');
  await page.getByRole('row').filter({ hasText: 'settled in another currency' })
    .getByRole('button', { name: 'Paid by hand' }).click();
  await page.getByLabel('Paid to the host').fill(String(payout?.['amount']));
  await send(page, 'Paid by hand', 'Wired on Monday.');
  await expect.poll(async () =>
    (await sql(
      `select status, is_by_hand, reason from public.payouts where payout_id = $1`,
      [payout?.['payout_id']],
    ))[0]
  ).toEqual({ status: 'paid', is_by_hand: true, reason: null });
  expect(complaints()).toEqual([]);
});

test.skipIf(noBrowser)('a second factor is asked for where the setting says so', async () => {
  const { page } = await visit();
  await signIn(page, 'margaret');
  await page.getByRole('heading', { level: 1, name: 'Now' }).waitFor();
  await sql('update private.settings set staff_need_second_factor = true');
  onTestFinished(async () => {
    await sql('update private.settings set staff_need_second_factor = false');
  });
  await page.reload();
  await page.getByRole('heading', { name: 'Second factor' }).waitFor();
  expect(await page.getByRole('navigation').count()).toBe(0);
  // Auth of the embedded stack has no factors, and the page says so.
  await page.getByText('Auth offers no second factor here').waitFor();
});
