import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { inProject } from '../../local/paths.ts';
import { asPostgres, testApi, testStripe } from '../support/stack.ts';

const readme = readFileSync(inProject('README.md'), 'utf8');
const api = readFileSync(inProject('docs', 'api.md'), 'utf8');

/** The snippets of a document in one language, in order. */
const snippets = (language: string, document = readme) =>
  [...document.matchAll(new RegExp('```' + language + '\\n([\\s\\S]*?)```', 'g'))].map((found) =>
    found[1] ?? ''
  );

/** Runs one of the project's programs with a snippet lying in a folder of its own. */
async function withSnippet<T>(name: string, text: string, use: (path: string) => Promise<T>) {
  const folder = mkdtempSync(inProject('node_modules', '.readme-'));
  try {
    const path = join(folder, name);
    writeFileSync(path, text);
    return await use(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const run = (program: string, args: string[]) =>
  promisify(execFile)(inProject('node_modules', '.bin', program), args, { cwd: inProject() });

test('the journey of the README books and pays a stay as it stands there', async () => {
  await asPostgres(readFileSync(inProject('supabase/seed.sql'), 'utf8'));
  const { url } = await testApi();
  const stripe = await testStripe();
  const [journey] = snippets('js');
  const here = journey?.replaceAll('http://127.0.0.1:54321', url)
    .replaceAll('http://127.0.0.1:54326', stripe.url);

  const { stdout } = await withSnippet('journey.mjs', here ?? '', (path) => run('node', [path]));

  expect(stdout.trim().split('\n').at(-1)).toBe('confirmed');
  const [booking] = await asPostgres(
    `select bookings.status, payments.status as payment from public.bookings
     join public.payments using (booking_id) join public.profiles on profile_id = bookings.guest_id
     where display_name = 'Mary'`,
  );
  expect(booking).toEqual({ status: 'confirmed', payment: 'captured' });
});

test('the typed snippet of the list of the API type-checks', async () => {
  const [snippet] = snippets('ts', api);
  const typed = snippet?.replace('./types/index.ts', '../../types/index.ts') ?? '';
  await withSnippet('snippet.ts', typed, async (path) => {
    const settings = join(path, '..', 'tsconfig.json');
    writeFileSync(
      settings,
      JSON.stringify({ extends: '../../tsconfig.json', include: ['snippet.ts'], exclude: [] }),
    );
    await run('tsc', ['--project', settings]);
  });
});
