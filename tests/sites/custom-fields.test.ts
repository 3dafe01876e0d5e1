import { afterAll, expect, test } from 'vitest';
import { closeBrowser, noBrowser, picture, visitor } from './support/browser.ts';
import { overflows, violations } from './support/looks.ts';
import { sql } from './support/operator.ts';

const garden = '10000000-0000-4000-8000-000000000003';

// The other files find homes without any.
afterAll(async () => {
  await closeBrowser();
  if (noBrowser) return;
  await sql(`update public.listings set custom_fields = '{}' where listing_id = $1`, [garden]);
  await sql('select private.set_listing_schema($1)', [
    JSON.stringify({ ...schema, properties: {} }),
  ]);
});

const schema = {
  type: 'object',
  properties: {
    view: { type: 'string', title: 'View', enum: ['sea', 'garden'] },
    sauna: { type: 'boolean', title: 'Sauna' },
    floor: { type: 'integer', title: 'Floor', minimum: -1, maximum: 60 },
    spoken: { type: 'array', title: 'Languages', items: { type: 'string', enum: ['de', 'fr'] } },
    books: { type: 'array', title: 'Books', items: { type: 'string' } },
    story: { type: 'string', title: 'Story', maxLength: 500 },
    street_noise: { type: 'string', maxLength: 50 },
  },
  additionalProperties: false,
};

test.skipIf(noBrowser)(
  'the fields of a marketplace are in the form of hosts, and what is said in them on the page of the home',
  async () => {
    await sql('select private.set_listing_schema($1)', [JSON.stringify(schema)]);
    const { page, complaints } = await visitor({ as: 'hedy@example.com', width: 360 });
    await page.goto(`/host/homes/${garden}/description`);
    await page.getByLabel('View').selectOption('garden');
    await page.getByLabel('Sauna').selectOption('No');
    await page.getByLabel('Floor').fill('-1');
    await page.getByRole('group', { name: 'Languages' }).getByLabel('fr').check();
    await page.getByLabel('Books').pressSequentially('Odes, Maps, ');
    await page.getByLabel('Story').fill('The cat came with the house.');
    expect(await violations(page)).toEqual([]);
    expect(await overflows(page)).toBe(false);
    await picture(page, 'host-custom-fields-360');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const stored = () =>
      sql('select custom_fields from public.listings where listing_id = $1', [garden]);
    const said = {
      view: 'garden',
      sauna: false,
      floor: -1,
      spoken: ['fr'],
      books: ['Odes', 'Maps'],
      story: 'The cat came with the house.',
    };
    await expect.poll(stored).toEqual([{ custom_fields: said }]);

    const guest = await visitor({ width: 360 });
    await guest.page.goto(`/homes/${garden}`);
    const facts = guest.page.getByRole('region', { name: 'More about this home' });
    await facts.waitFor();
    expect((await facts.locator('dl').innerText()).split('\n').filter(Boolean)).toEqual(
      'Books|Odes, Maps|Floor|-1|Languages|fr|Sauna|No|Story|The cat came with the house.|View|garden'
        .split('|'),
    );
    expect(await violations(guest.page)).toEqual([]);
    await picture(guest.page, 'listing-custom-fields-360');

    // Emptied again, it is not there any more.
    await page.getByLabel('Sauna').selectOption('Not said');
    await page.getByLabel('Floor').fill('');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const { sauna: _sauna, floor: _floor, ...left } = said;
    await expect.poll(stored).toEqual([{ custom_fields: left }]);

    // Fields that the marketplace has given up stop nobody, and go when another one changes.
    const { view } = schema.properties;
    await sql('select private.set_listing_schema($1)', [
      JSON.stringify({ ...schema, properties: { view } }),
    ]);
    await page.reload();
    const description = () =>
      sql('select description from public.listings where listing_id = $1', [garden]);
    const [{ description: before }] = await description() as [{ description: string }];
    await page.getByLabel('Description', { exact: true }).fill(`${before} Come in.`);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect.poll(description).toEqual([{ description: `${before} Come in.` }]);
    expect(await stored()).toEqual([{ custom_fields: left }]);
    await page.getByLabel('View').selectOption('sea');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect.poll(stored).toEqual([{ custom_fields: { view: 'sea' } }]);
    expect([...complaints, ...guest.complaints]).toEqual([]);
  },
);
