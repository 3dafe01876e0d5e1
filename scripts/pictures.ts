/**
 * Takes the two pictures of the README: a stack of its own is started with its town, a browser goes through the
 * storefront and the console, and what it sees is written as PNG, deflated as small as it gets.
 */
import type { Page } from 'playwright-core';
import { mkdirSync, writeFileSync } from 'node:fs';
import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { readCommandLine } from '../local/command-line.ts';
import { demoPassword } from '../local/demo-people.ts';
import { endWhenTold } from '../local/ending.ts';
import { inProject } from '../local/paths.ts';
import { chromiumHere, launchChromium } from './shared/chromium.ts';
import { startDemoStack } from './shared/demo-stack.ts';

readCommandLine(
  `Takes docs/pictures/storefront.png and console.png of a stack with its small town; needs chromium.

  npm run pictures`,
  {},
);

if (chromiumHere === '') {
  console.error('There is no chromium on PATH.');
  process.exit(1);
}

const stack = startDemoStack(55_321);
endWhenTold(stack.stop);

try {
  const { storefront, gateway } = await stack.up;
  const browser = await launchChromium('--hide-scrollbars');
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(600_000);
  mkdirSync(inProject('docs', 'pictures'), { recursive: true });

  await page.goto(storefront);
  await page.getByRole('link', { name: 'Sainte-Lune' }).first().click();
  await page.getByRole('heading', { level: 1, name: /homes in/ }).waitFor();
  await take(page, 'storefront');

  await page.goto(`${gateway}/console/`);
  await quiet(page);
  const email = page.locator('input[type=email]');
  if (await email.count() > 0) {
    await email.fill('margaret@example.com');
    await page.locator('input[type=password]').fill(demoPassword);
    await page.locator('input[type=password]').press('Enter');
    await email.waitFor({ state: 'detached' });
  }
  // A stay with a long story: paid and completed.
  await page.goto(`${gateway}/console/bookings`);
  await page.getByRole('row').filter({ hasText: 'completed' }).getByRole('link').first().click();
  await page.getByRole('heading', { name: 'Story' }).waitFor();
  await take(page, 'console');
  await browser.close();
} finally {
  await stack.stop();
}

/** Waits until the network is idle; a page that keeps polling is taken after ten seconds. */
async function quiet(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle', { timeout: 10_000 }).catch(() => {});
  await page.waitForFunction(() =>
    [...document.images].every(({ complete }) => complete) &&
    !document.body.innerText.includes('Loading')
  );
}

/** The page as it is once it is quiet. */
async function take(page: Page, name: string): Promise<void> {
  await quiet(page);
  const path = inProject('docs', 'pictures', `${name}.png`);
  const picture = deflated(await page.screenshot({ animations: 'disabled' }));
  writeFileSync(path, picture);
  console.log(`Wrote docs/pictures/${name}.png, ${Math.ceil(picture.length / 1000)} kB.`);
}

/** The same picture in fewer bytes: recompressed at the highest level, without metadata. */
function deflated(png: Buffer): Buffer {
  const head = png.subarray(0, 8);
  const chunks: { type: string; data: Buffer }[] = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    chunks.push({
      type: png.toString('latin1', at + 4, at + 8),
      data: png.subarray(at + 8, at + 8 + length),
    });
    at += 12 + length;
  }
  const pixels = inflateSync(
    Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)),
  );
  const needed = chunks.filter(({ type }) => ['IHDR', 'PLTE', 'tRNS'].includes(type));
  return Buffer.concat([
    head,
    ...needed.map(({ type, data }) => chunk(type, data)),
    chunk('IDAT', deflateSync(pixels, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
