// What others install: it is small, it goes alone, and it works in a folder that knows nothing of this one.
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, inject, test } from 'vitest';
import { inProject } from '../../local/paths.ts';
import { keys } from '../../local/keys.ts';
import { bundle } from '../support/bundle.ts';
import { home } from '../support/stays.ts';
import { testApi } from '../support/stack.ts';

const bin = (name: string) => inProject('node_modules', '.bin', name);

/** Asynchronous, because the API under test runs in this process. */
const run = promisify(execFile);

/** The minified bundle of that code, without supabase-js. */
const besideSupabase = (code: string) =>
  bundle(code, {
    minify: 'oxc',
    target: 'es2023',
    rolldownOptions: { external: ['@supabase/supabase-js'] },
  });

const kilobytes = (code: string) => gzipSync(code, { level: 9 }).length / 1000;
/** A page that needs these, and none of the names that an export would add. */
const using = (names: string[]) =>
  `import { ${names} } from '@staybase/client'; globalThis.used = [${names}];`;

/** For the pages of hosts, which load apart from those of guests. */
const ofHosts = [
  'addPhoto',
  'parseMoney',
  'shrinkPhoto',
  'uploadAvatar',
  'uploadPhoto',
  'hosting',
  'hostBookings',
];
/** For those who show words and columns, and whose marketplace has replicas, caches or a CAPTCHA. */
const ofSome = ['errors', 'fieldOf', 'fieldsOf', 'readReplicas', 'strangersByGet', 'createCaptcha'];

test('everything guests need is below 6.5 kB without supabase-js, and includes no table of error texts', async () => {
  const all = Object.keys(await import('@staybase/client'));
  const guests = await besideSupabase(
    using(all.filter((name) => ![...ofHosts, ...ofSome].includes(name))),
  );
  expect(kilobytes(guests)).toBeLessThan(6.5);

  expect(guests).toContain('search_listings');
  expect(guests).not.toContain('photo-uploads');
  const hosts = await besideSupabase(using(all.filter((name) => !ofSome.includes(name))));
  expect(kilobytes(hosts)).toBeLessThan(7);
  // What the largest parts are known by.
  for (const mark of ['Nobody is signed in', 'listing_photos_have_a_short_caption']) {
    expect(hosts).not.toContain(mark);
    expect(await besideSupabase(using(all))).toContain(mark);
  }
});

test('importing one function bundles only what it needs', async () => {
  expect(kilobytes(await besideSupabase(using(['formatMoney'])))).toBeLessThan(0.5);
  expect(kilobytes(await besideSupabase(using(['createCache'])))).toBeLessThan(1);
  expect(kilobytes(await besideSupabase(using(['codeOf'])))).toBeLessThan(3.2);
});

test('the packed package is typed and runs in an empty folder', async () => {
  const folder = join(inject('run').directory, `consumer-${crypto.randomUUID()}`);
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  await run(bin('node'), [inProject('packages', 'client', 'build.ts')]);
  const options = { cwd: folder };
  await run('npm', ['pack', inProject('packages', 'client', 'dist'), '--silent'], options);
  const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  const packageJson = { name: 'shop', version: '1.0.0', private: true, type: 'module' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(packageJson));
  // supabase-js comes from here: no test needs a registry.
  await run(
    'npm',
    ['install', '--offline', '--legacy-peer-deps', '--no-audit', '--no-fund', `./${tarball}`],
    options,
  );
  symlinkSync(inProject('node_modules', '@supabase'), join(folder, 'node_modules', '@supabase'));
  expect(readdirSync(join(folder, 'node_modules', '@staybase', 'client')).sort())
    .toEqual(['LICENSE', 'README.md', 'package.json', 'packages', 'types']);

  writeFileSync(
    join(folder, 'page.ts'),
    `import { ask, codeOf, createStaybase, formatMoney, type FoundListing, search } from '@staybase/client';
     const staybase = createStaybase(process.argv[2]!, process.argv[3]!, { auth: { persistSession: false } });
     const signal = new AbortController().signal;
     const homes: FoundListing[] = await search(staybase, { guests: 2 }).list().run(signal);
     const [home] = homes;
     // @ts-expect-error: a quote is for days
     void ask(staybase, 'quote_stay', { listing_id: '' });
     // @ts-expect-error: a title is a text
     const title: number = home!.title;
     const code = await ask(staybase, 'my_conversations').run(signal).catch(codeOf);
     console.log(homes.length, home?.title, formatMoney(12000, 'JPY', 'en'), code);`,
  );
  for (const [module, moduleResolution] of [['nodenext', 'nodenext'], ['esnext', 'bundler']]) {
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          ...{ module, moduleResolution, target: 'es2023', lib: ['es2023', 'dom'], strict: true },
          ...{ types: ['node'], typeRoots: [inProject('node_modules', '@types')], noEmit: true },
          ...{ noUncheckedIndexedAccess: true, verbatimModuleSyntax: true },
          // supabase-js's own declarations do not pass.
          skipLibCheck: true,
        },
        include: ['page.ts'],
      }),
    );
    const { stdout } = await run(bin('tsc'), ['-p', folder]).catch((error) => error);
    expect([moduleResolution, stdout]).toEqual([moduleResolution, '']);
  }

  await home();
  const { url } = await testApi();
  const { stdout } = await run(bin('node'), ['page.ts', url, keys.publishable], options);
  expect(stdout.trim()).toBe('1 A quiet home ¥12,000 not_allowed');
});
