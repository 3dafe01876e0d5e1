import type { Page } from 'playwright-core';
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { inProject } from '../../../local/paths.ts';
import { looker, picture, settled, sizeOf } from './browser.ts';

const axe = readFileSync(inProject('node_modules', 'axe-core', 'axe.min.js'), 'utf8');

/** Whether a page is judged by everything, or by what another colour scheme can change. */
type Rules = 'all' | 'colours';

/** What axe finds wrong by WCAG 2.2 AA and its own best practices: rule, and where. */
export async function violations(page: Page, rules: Rules = 'all'): Promise<string[]> {
  if (!await page.evaluate(() => 'axe' in globalThis)) await page.evaluate(axe);
  return await page.evaluate(async (rules) => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(options: object): Promise<{
          violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[];
        }>;
      };
    };
    const found = await axe.run({
      runOnly: rules === 'all'
        ? ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
        : { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
      // What is right is not described, which takes most of the time.
      resultTypes: ['violations'],
    });
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`)
    );
  }, rules);
}

/** Whether the page is wider than its window. */
export const overflows = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth > innerWidth);

/** A page, and what is opened on it before it is looked at. */
export interface Sight {
  name: string;
  path: string;
  as?: string;
  open?: string;
  /** Whether it is scrolled to its end first, because its lower parts are loaded only then. */
  whole?: boolean;
}

/** Scrolls a page to its end, a window at a time, as a reader does, and back. */
export async function scrollThrough(page: Page): Promise<void> {
  const next = () =>
    page.evaluate(() => {
      const { scrollHeight } = document.documentElement;
      scrollBy({ top: innerHeight, behavior: 'instant' });
      return scrollY + innerHeight < scrollHeight - 1;
    });
  while (await next()) await settled(page);
  await settled(page);
  await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }));
}

/** A width of the window, and the colour schemes in which a page is looked at. */
export interface Look {
  width: number;
  schemes: readonly ('light' | 'dark')[];
}

/**
 * Opens a page in the first of these widths, and expects that it is accessible, fits, stands still and does
 * not complain; then the same of the page in the other widths. To load it again for each would take twice
 * the CPU that the look itself takes; figures.test.ts loads the main pages in two widths.
 */
export async function looksRight(
  { name, path, as, open, whole }: Sight,
  ...looks: [Look, ...Look[]]
): Promise<void> {
  const { page, complaints, shifts } = await looker({
    width: looks[0].width,
    ...(as !== undefined && { as: `${as}@example.com` }),
  });
  await page.goto(path);
  await settled(page);
  if (whole) await scrollThrough(page);
  expect(await shifts()).toBeLessThan(0.02);
  if (open !== undefined) {
    await page.locator(open).first().click();
    await page.locator('dialog[open]').waitFor();
    await settled(page);
  }
  for (const { width, schemes } of looks) {
    if (width !== looks[0].width) {
      await page.setViewportSize(sizeOf(width));
      await settled(page);
    }
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      await picture(page, `${name}-${width}-${colorScheme}`);
      // The same elements in other colours.
      const found = await violations(page, colorScheme === schemes[0] ? 'all' : 'colours');
      expect(found, `${width} px, ${colorScheme}`).toEqual([]);
    }
    expect(await overflows(page), `${width} px`).toBe(false);
  }
  expect(complaints).toEqual([]);
}
