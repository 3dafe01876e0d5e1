import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, expect, test } from 'vitest';
import { demoPassword, demoPeople } from '../../local/demo-people.ts';
import { inProject } from '../../local/paths.ts';
import { anonClient } from '../support/people.ts';
import {
  asPostgres,
  freshDatabase,
  moveClock,
  runDueJobs,
  testApi,
  testStripe,
} from '../support/stack.ts';

const guides = readdirSync(inProject('docs/guides')).filter((name) => name !== 'README.md');

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

beforeEach(async () => {
  await freshDatabase();
  for (const { email, name } of demoPeople) {
    const { auth } = await anonClient();
    const data = { display_name: name };
    const { error } = await auth.signUp({ email, password: demoPassword, options: { data } });
    if (error) throw error;
  }
  await asPostgres(readFileSync(inProject('supabase/seed.sql'), 'utf8'));
});

test.for(guides)('the guide %s does what it says', async (name) => {
  const guide = readFileSync(inProject('docs/guides', name), 'utf8');
  const [{ url }, stripe] = [await testApi(), await testStripe()];
  const folder = mkdtempSync(inProject('node_modules', '.guide-'));
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
      return (await promisify(execFile)(node, [path], { cwd: inProject() })).stdout;
    });
    expect(printed.trim().split('\n')).toEqual(promised(guide));
    expect(promised(guide).length).toBeGreaterThan(2);
    // Whoever follows the next guide, or this one again, is not in its way.
    expect(await asPostgres('select blocker_id, blocked_id from public.blocks')).toEqual([]);
    const written = [...guide.matchAll(/'([\w.-]+@example\.com)'/g)].map(([, address]) => address);
    expect(
      await asPostgres(
        `select email from auth.users where email = any ($1) and email <> all ($2)`,
        [written, demoPeople.map(({ email }) => email)],
      ),
    ).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
