import { createClient } from '@supabase/supabase-js';
import { afterAll, expect, test } from 'vitest';
import { keys } from '../../local/keys.ts';
import type { Database } from '../../types/index.ts';
import { closeBrowser, noBrowser, sites, unlike, visitor } from './support/browser.ts';
import { violations } from './support/looks.ts';

const key = keys.publishable;
const mill = '10000000-0000-4000-8000-000000000001';
const garden = '10000000-0000-4000-8000-000000000003';

afterAll(closeBrowser);

test.skipIf(noBrowser)(
  'a guest reports a home by keyboard, and staff find what was said',
  async () => {
    const { page, complaints } = await visitor({ as: 'alan@example.com', width: 360 });
    const said = unlike('The photos are of another garden.');
    await page.goto(`/homes/${garden}`);
    const button = page.getByRole('button', { name: 'Report this home' });
    await button.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Report this home' });
    await dialog.getByLabel('Fraud or a scam').focus();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    expect(await dialog.getByLabel('Wrong or misleading information').isChecked()).toBe(true);
    await page.keyboard.press('Tab');
    await page.keyboard.type(said);
    const file = {
      name: 'no garden.png',
      mimeType: 'image/png',
      buffer: Buffer.from('not really'),
    };
    const evidence = dialog.getByLabel('Photos or other files');
    await evidence.setInputFiles({ ...file, mimeType: 'image/svg+xml' });
    expect(await evidence.inputValue()).toBe('');
    await evidence.setInputFiles(file);
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText('Thank you for your report.').waitFor();
    expect(complaints).toEqual([]);

    const alan = createClient<Database>(sites.gateway, key, { auth: { persistSession: false } });
    await alan.auth.signInWithPassword({ email: 'alan@example.com', password: 'stay-a-night' });
    const { data: [report] } = await alan.from('reports').select('subject, subject_id, category')
      .eq('body', said).throwOnError();
    expect(report).toEqual({ subject: 'listing', subject_id: garden, category: 'inaccurate' });

    const staff = await visitor({ site: sites.gateway, as: 'margaret@example.com' });
    await staff.page.goto('/console/reports');
    await staff.page.getByRole('article').filter({ hasText: said })
      .getByRole('link', { name: '1-no-garden.png' }).waitFor();
    expect(staff.complaints).toEqual([]);
  },
);

test.skipIf(noBrowser)(
  'somebody blocks a host, can write to them no more, and unblocks them in their settings',
  async () => {
    const { page, complaints } = await visitor({ as: 'alan@example.com' });
    await page.goto(`/homes/${mill}`);
    await page.getByRole('link', { name: 'Grace’s profile' }).click();
    await page.getByRole('button', { name: 'Block Grace' }).click();
    await page.getByRole('dialog', { name: 'Block Grace?' })
      .getByRole('button', { name: 'Block' }).click();
    await page.getByText('You have blocked Grace.').waitFor();
    await page.getByRole('button', { name: 'Unblock Grace' }).waitFor();

    await page.goto('/conversations');
    await page.locator('a[href^="/conversations/"]', { hasText: 'Grace' }).first().click();
    await page.getByText('You have blocked Grace. You cannot write').waitFor();
    expect(await page.getByLabel('Your message').count()).toBe(0);
    expect(await violations(page)).toEqual([]);

    await page.goto('/profile');
    const blocked = page.getByRole('region', { name: 'Blocked people' });
    await blocked.getByRole('button', { name: 'Unblock Grace' }).click();
    await page.getByText('You have unblocked Grace.').waitFor();
    await blocked.getByText('You have not blocked anyone.').waitFor();
    expect(complaints).toEqual([]);
  },
);
