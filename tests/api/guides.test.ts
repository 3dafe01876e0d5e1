import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import pg from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { demoPassword, demoPeople } from '../../local/demo-people.ts';
import { hangPhotos } from '../../local/demo-photos.ts';
import { keys } from '../../local/keys.ts';
import { inProject } from '../../local/paths.ts';
import { anonClient } from '../support/people.ts';
import { seed } from '../support/seeds.ts';
import {
  asPostgres,
  moveClock,
  runDueJobs,
  testApi,
  testDatabase,
  testStripe,
} from '../support/stack.ts';

/**
 * All guides run in one stack, one after another, as whoever reads them runs them: each finds what those
 * before it booked, said and let pass. The order is another in each run (`STAYBASE_SEED`).
 */
const names = readdirSync(inProject('docs/guides')).filter((name) => name !== 'README.md').sort();
const [guides = []] = fc.sample(fc.shuffledSubarray(names, { minLength: names.length }), {
  seed,
  numRuns: 1,
});

/** A guide as one program: its js in order, and between them the clock where it says so. */
function program(guide: string, clockUrl: string): string {
  return [...guide.matchAll(/```(js|sh)\n([\s\S]*?)```/g)].map(([, language, text = '']) => {
    if (language === 'js') return text;
    const by = /^npm run clock -- "(.+)"$/m.exec(text)?.[1];
    if (by === undefined) throw new Error(`A guide runs no other command than the clock: ${text}`);
    return `await fetch('${clockUrl}?by=${encodeURIComponent(by)}');`;
  }).join('\n');
}

/** What a guide says that it prints. */
const promised = (guide: string) =>
  [...guide.matchAll(/^.*console\.log\(.*\); \/\/ (.+)$/gm)].map((found) => found[1]);

/** Lets the marketplace's time pass when asked to. */
async function clock<T>(use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(async (request, response) => {
    try {
      const by = new URL(request.url ?? '', 'http://clock').searchParams.get('by') ?? '';
      await moveClock(by);
      await runDueJobs();
      await runDueJobs();
      response.end();
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.close();
  }
}

/** What a guide gives back: whoever follows the next one, or this one again, is not in its way. */
async function town() {
  const [found] = await asPostgres(
    `select
       (select json_agg(title order by title) from public.listings where status = 'published') as homes,
       (select json_agg(claims order by claim_id) from private.claims
          join public.listings using (listing_id)
        where kind = 'block' and status = 'published') as blocked_nights,
       (select json_agg(calendar_days order by listing_id, day) from public.calendar_days
          join public.listings using (listing_id)
        where price_minor is not null and status = 'published') as special_prices,
       (select json_agg(listing_hosts order by listing_id, profile_id) from public.listing_hosts
          join public.listings using (listing_id) where status = 'published') as hosts,
       (select json_agg(calendar_feeds) from public.calendar_feeds) as feeds,
       (select json_agg(blocks) from public.blocks) as blocks,
       (select json_agg(suspensions) from private.suspensions) as suspensions,
       (select json_agg(staff) from private.staff) as staff,
       (select json_agg(email order by email) from auth.users
        where email !~ '-[0-9a-f-]{13,36}@') as guessable_addresses`,
  );
  return found;
}

beforeAll(async () => {
  for (const { email, name } of demoPeople) {
    const { auth } = await anonClient();
    const data = { display_name: name };
    const { error } = await auth.signUp({ email, password: demoPassword, options: { data } });
    if (error) throw error;
  }
  await asPostgres(readFileSync(inProject('supabase/seed.sql'), 'utf8'));
  const photos = await asPostgres<{ path: string }>(
    'select storage_path as path from public.listing_photos',
  );
  await hangPhotos(photos.map(({ path }) => path), (await testApi()).url);
});

/** Calls check-files whenever the database does, as the stack does. */
async function checksFiles<T>(use: () => Promise<T>): Promise<T> {
  const [{ url }, { url: gatewayUrl }] = [await testDatabase(), await testApi()];
  const ear = new pg.Client({ connectionString: url });
  let calls = Promise.resolve<unknown>(undefined);
  ear.on('notification', ({ payload }) => {
    if (payload !== 'check-files') return;
    calls = calls.then(() =>
      fetch(`${gatewayUrl}/functions/v1/check-files`, {
        method: 'POST',
        headers: { apikey: keys.secret },
        body: '{}',
      })
    ).catch(() => undefined);
  });
  await ear.connect();
  try {
    await ear.query('listen staybase_functions');
    return await use();
  } finally {
    await ear.end();
    await calls;
  }
}

test.for(guides)('the guide %s does what it says', async (name) => {
  const guide = readFileSync(inProject('docs/guides', name), 'utf8');
  const [{ url }, stripe] = [await testApi(), await testStripe()];
  const before = await town();
  const folder = mkdtempSync(inProject('node_modules', '.guide-'));
  // As if it were installed.
  mkdirSync(join(folder, 'node_modules', '@staybase'), { recursive: true });
  symlinkSync(inProject('packages/client'), join(folder, 'node_modules', '@staybase', 'client'));
  try {
    const printed = await clock(async (clockUrl) => {
      const path = join(folder, 'guide.mjs');
      writeFileSync(
        path,
        program(guide, clockUrl)
          .replaceAll('http://127.0.0.1:54321', url)
          .replaceAll('http://127.0.0.1:54326', stripe.url),
      );
      const node = inProject('node_modules', '.bin', 'node');
      const run = () => promisify(execFile)(node, [path], { cwd: inProject() });
      return (await checksFiles(run)).stdout;
    });
    expect(printed.trim().split('\n')).toEqual(promised(guide));
    expect(promised(guide).length).toBeGreaterThan(2);
    expect(await town()).toEqual(before);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
