import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, inject, test } from 'vitest';
import { stringify } from 'yaml';
import { keys } from '../../local/keys.ts';
import { inProject } from '../../local/paths.ts';
import { freePort } from '../../local/ports.ts';
import { connectCluster } from '../../local/postgres/cluster.ts';
import { whileTheClockBeats } from '../support/clock.ts';
import { publishHome, signUp } from '../support/journeys.ts';
import { temporaryDirectory } from '../support/stack-process.ts';
import { asPostgres, testApi, testDatabase, testStripe } from '../support/stack.ts';

/**
 * Every fenced block of the documentation that somebody may run is run: here, by the test or program that is
 * named below, or by nobody, and then the document says why.
 */

interface Block {
  doc: string;
  language: string;
  text: string;
  /** Why no test runs it, where the document says so. */
  mark?: string | undefined;
}

const docs = globSync('**/*.md', {
  cwd: inProject(),
  // apps is a team's, in a project that was made of this one.
  exclude: (path) =>
    path === 'apps' || ['node_modules', '.staybase', '.git', 'dist'].includes(basename(path)),
}).toSorted();

const blocks: Block[] = docs.flatMap((doc) =>
  [
    ...readFileSync(inProject(doc), 'utf8').matchAll(
      /(?:<!-- Not run by a test: ([^>]+) -->\n\n)?^```(\w+).*\n([^]*?)^```$/gm,
    ),
  ].map(([, mark, language = '', text = '']) => ({ doc, language, text, mark }))
);

/** Nothing in them can be run: settings, a line of a log, commands on another machine with their comments. */
const isShown = ({ language }: Block) => ['json', 'text', 'diff', 'mermaid'].includes(language);

/** Who runs the blocks of a document, found by a word in each, and what proves it: words of that program. */
const elsewhere: { doc: string; language: string; of?: string; by: string; proof: string }[] = [
  { doc: 'README.md', language: 'js', by: 'tests/api/readme.test.ts', proof: `snippets('js')` },
  {
    doc: 'docs/api.md',
    language: 'ts',
    by: 'tests/api/readme.test.ts',
    proof: `snippets('ts', api)`,
  },
  {
    doc: 'README.md',
    language: 'sh',
    of: 'npm ci && npm start',
    by: 'tests/stack/start.test.ts',
    proof: 'runStack(where)',
  },
  {
    doc: 'README.md',
    language: 'sh',
    of: 'npm ci && npm test',
    by: '.ci/run',
    proof: 'npm ci --no-audit',
  },
  ...['README.md', 'docs/in-your-project.md'].map((doc) => ({
    doc,
    language: 'sh',
    of: 'npm run create',
    by: 'tests/stack/create.test.ts',
    proof: `follow('npm run create', staybase)`,
  })),
  ...['git merge', 'git apply'].map((of) => ({
    doc: 'docs/in-your-project.md',
    language: 'sh',
    of,
    by: 'tests/stack/create.test.ts',
    proof: `follow('${of}', project)`,
  })),
  {
    doc: 'README.md',
    language: 'sh',
    of: 'docker build',
    by: 'docker/try.sh',
    proof: 'docs/docker.md',
  },
  { doc: 'docs/docker.md', language: 'sh', by: 'docker/try.sh', proof: 'docs/docker.md' },
  {
    doc: 'docs/backup.md',
    language: 'sh',
    by: 'tests/stack/backup-guide.test.ts',
    proof: 'expect(done).toBe(blocks.length)',
  },
  {
    doc: 'docs/operations.md',
    language: 'sql',
    of: 'private.open_business',
    by: 'tests/api/people-and-privacy.test.ts',
    proof: 'docs/operations.md',
  },
  {
    doc: 'docs/partitions.md',
    language: 'sh',
    by: 'tests/stack/partition.test.ts',
    proof: 'const split = await run(',
  },
  ...[
    ['npm run plan', `run('plan', '--homes', '1000000'`],
    ['npm run year', `run('year', '--quick')`],
  ].map(([of = '', proof = '']) => ({
    doc: 'docs/planning.md',
    language: 'sh',
    of,
    by: 'tests/stack/planning.test.ts',
    proof,
  })),
  {
    doc: 'docs/deploying.md',
    language: 'sh',
    of: 'rollback',
    by: 'tests/stack/deploy-to-a-project.test.ts',
    proof: 'docs/deploying.md',
  },
  {
    doc: 'docs/changing-the-schema.md',
    language: 'sql',
    by: 'tests/support/changing-the-schema.ts',
    proof: 'docs/changing-the-schema.md',
  },
  {
    doc: 'docs/runbooks.md',
    language: 'sql',
    by: 'tests/stack/operate.test.ts',
    proof: 'test.each(statements)',
  },
  {
    doc: 'CONTRIBUTING.md',
    language: 'sh',
    of: 'npx vitest run tests/database/bookings.test.sql',
    by: '.ci/run',
    proof: 'npm test --',
  },
  ...['sql', 'ts'].map((language) => ({
    doc: 'CONTRIBUTING.md',
    language,
    by: 'tests/stack/walk-throughs.test.ts',
    proof: 'follow(step, folder)',
  })),
  ...docs.filter((doc) => doc.startsWith('docs/guides/')).flatMap((doc) =>
    ['js', 'sh'].map((language) => ({
      doc,
      language,
      by: 'tests/api/guides.test.ts',
      proof: 'test.for(guides)',
    }))
  ),
];

const runElsewhere = (block: Block) =>
  elsewhere.filter(({ doc, language, of = '' }) =>
    doc === block.doc && language === block.language && block.text.includes(of)
  );

/** Blocks that are run here; each test below takes its own. */
const here: [doc: string, of: string][] = [
  ['CONTRIBUTING.md', 'npm run db:scratch'],
  ['README.md', 'npm run import:inside-airbnb'],
  ['docs/import.md', 'npm run import:inside-airbnb'],
  ['README.md', 'npm run deploy -- --env-file'],
  ['docs/deploying.md', 'npm run deploy -- --env-file .env.staging'],
  ['docs/bringing-data.md', 'npm run import -- FOLDER'],
  ['docs/guides/graphql.md', 'npm run documents'],
  ['docs/operations.md', 'private.health()'],
  ['docs/operations.md', 'private.job_metrics()'],
  ['docs/operations.md', 'insert into private.taxes'],
  ['docs/operations.md', 'private.place_aliases'],
  ['docs/operations.md', 'private.retention'],
  ['docs/operations.md', 'pgstatindex'],
  ['docs/operations.md', 'private.settings set open_requests'],
  ['docs/operations.md', 'load_exchange_rates'],
  ['docs/performance.md', "load 'auto_explain'"],
  ['docs/custom-fields.md', 'set_listing_schema'],
  ['docs/custom-fields.md', "from('listing_forms')"],
  ['docs/custom-fields.md', "rpc('search_listings'"],
  ['docs/custom-fields.md', "custom_fields - 'story'"],
  ['docs/self-hosting.md', 'git clone'],
  ['docs/self-hosting.md', 'docker compose config'],
  ['docs/self-hosting.md', 'sed -i'],
];

const runHere = (block: Block) =>
  here.filter(([doc, of]) => doc === block.doc && block.text.includes(of));

/** The one block of a document with these words. */
function blockOf(doc: string, of: string): string {
  expect(here).toContainEqual([doc, of]);
  const found = blocks.filter((block) =>
    block.doc === doc && block.text.includes(of) && block.mark === undefined && !isShown(block)
  );
  expect(found, of).toHaveLength(1);
  return found[0]?.text ?? '';
}

test('every block of the documentation is run by one test, or says why no test runs it', () => {
  expect(blocks.length).toBeGreaterThan(150);
  for (const block of blocks.filter((block) => !isShown(block))) {
    const runs = [...runElsewhere(block), ...runHere(block)].length;
    // One without a mark that no test knows, one with both, or one that two tests claim.
    expect({ ...block, runs: block.mark === undefined ? runs : runs + 1 })
      .toEqual({ ...block, runs: 1 });
  }
});

test('what is said to run a block is there, still does it, and is not said of a block that is gone', () => {
  for (const entry of elsewhere) {
    const { doc, language, by, proof } = entry;
    expect(readFileSync(inProject(by), 'utf8'), by).toContain(proof);
    // A guide without a command of the shell is fine.
    if (doc.startsWith('docs/guides/') && language === 'sh') continue;
    if (doc === 'docs/guides/README.md') continue;
    expect(blocks.some((block) => runElsewhere(block).includes(entry)), `${doc} ${by}`).toBe(true);
  }
  for (const entry of here) {
    expect(blocks.filter((block) => runHere(block).includes(entry)), entry.join()).toHaveLength(1);
  }
  for (const { doc, mark } of blocks) {
    for (const [path] of mark?.matchAll(/\b(?:tests|docker)\/[\w./-]+\.\w+/g) ?? []) {
      expect(existsSync(inProject(path)), `${doc}: ${path}`).toBe(true);
    }
  }
});

test('what stands in two documents is the same in both', () => {
  for (
    const words of [
      'docker build',
      'npm run create',
      'npm run import:inside-airbnb',
      'npm run deploy -- --env-file .env.staging',
    ]
  ) {
    const texts = blocks.filter((block) => block.text.includes(words)).map(({ text }) => text);
    expect(texts.length, words).toBeGreaterThan(1);
    expect(new Set(texts).size, words).toBe(1);
  }
});

/** Runs commands as a person at a terminal does, in the folder of the project; rejects when they fail. */
function shell(
  commands: string,
  env: Record<string, string> = {},
  cwd = inProject(),
): Promise<{ stdout: string; stderr: string }> {
  const { DATABASE_URL: _url, ...inherited } = process.env;
  const path = [env['PATH'], inProject('node_modules', '.bin'), process.env['PATH']];
  return new Promise((resolve, reject) => {
    execFile(
      '/bin/sh',
      ['-euc', commands],
      { cwd, env: { ...inherited, ...env, PATH: path.filter(Boolean).join(delimiter) } },
      (error, stdout, stderr) =>
        error === null
          ? resolve({ stdout, stderr })
          : reject(new Error(`${error.message}\n${stdout}\n${stderr}`)),
    );
  });
}

/** This file's stack, as settings of a command. */
async function settings(): Promise<Record<string, string>> {
  const [{ url }, stripe, database] = [await testApi(), await testStripe(), await testDatabase()];
  return {
    STAYBASE_ENVIRONMENT: 'local',
    DATABASE_URL: database.url,
    SUPABASE_URL: url,
    SUPABASE_PUBLISHABLE_KEY: keys.publishable,
    SUPABASE_SECRET_KEY: keys.secret,
    STRIPE_SECRET_KEY: 'sk_test_staybase_local',
    STRIPE_API_URL: stripe.url,
  };
}

test('the commands to deploy change nothing when dry, then book, pay and cancel a stay', async () => {
  const file = join(temporaryDirectory(), 'env');
  const lines = Object.entries(await settings());
  writeFileSync(file, lines.map((line) => line.join('=')).join('\n'));
  const block = blockOf('docs/deploying.md', 'npm run deploy -- --env-file .env.staging');
  const { stdout } = await whileTheClockBeats(() =>
    // Whatever is uncommitted here.
    shell(block.replaceAll('.env.staging', file), { STAYBASE_REVISION: 'e'.repeat(40) })
  );
  const [dry = '', real = ''] = stdout.split(/^> node scripts\/deploy\.ts .*$/m).slice(1);
  expect(dry).toContain('migrations: up to date');
  expect(dry).not.toContain('full:');
  expect(real).toContain('full: the stay was cancelled, and the money is back\nAll is well.');
});

test('the commands of bringing data import the example, and export it again', async () => {
  const from = inProject('examples', 'import');
  const folder = temporaryDirectory();
  const to = join(folder, 'export');
  const block = blockOf('docs/bringing-data.md', 'npm run import -- FOLDER')
    .replaceAll('npm run import -- FOLDER', `npm run import -- ${from} --report ${folder}/report`)
    .replaceAll('npm run export -- FOLDER', `npm run export -- ${to}`);
  expect(block).not.toContain('FOLDER');
  const { stdout } = await shell(block, await settings());
  const [tried = '', done = '', exported = ''] = stdout.split(/^> node .*scripts\/.*$/m).slice(1);
  expect(tried).toContain('created');
  expect(done).toContain('created');
  expect(exported).toMatch(/^people +\d/m);
  expect(existsSync(join(to, 'people.ndjson'))).toBe(true);
});

test('the command for a city imports its three files', async () => {
  const folder = temporaryDirectory();
  let block = blockOf('docs/import.md', 'npm run import:inside-airbnb');
  for (const name of ['listings', 'calendar', 'reviews']) {
    const path = join(folder, `${name}.csv.gz`);
    const file = inProject('tests', 'fixtures', 'inside-airbnb', `${name}.csv`);
    writeFileSync(path, gzipSync(readFileSync(file)));
    block = block.replace(`${name}.csv.gz`, path);
  }
  const { DATABASE_URL: url = '' } = await settings();
  const { stdout } = await shell(`${block.trim()} --database-url '${url}' --today 2026-06-01`);
  expect(stdout).toContain('Lisbon came in after');
});

test('the command for persisted documents takes the list of the example', async () => {
  const list = inProject('examples', 'typed-graphql', 'generated', 'persisted-documents.json');
  const to = join(temporaryDirectory(), 'documents.json');
  const block = blockOf('docs/guides/graphql.md', 'npm run documents');
  const from = '../frontend/src/generated/persisted-documents.json';
  expect(block).toContain(from);
  await shell(block.replace(from, `${list} --to ${to}`));
  expect(Object.keys(JSON.parse(readFileSync(to, 'utf8'))).length).toBeGreaterThan(0);
});

test.for(['private.health()', 'private.job_metrics()'])(
  'the questions to the database around %s are answered',
  async (of) => {
    const statements = blockOf('docs/operations.md', of).split(/;.*\n/).filter(Boolean);
    expect(statements.length).toBeGreaterThan(1);
    for (const statement of statements) await asPostgres(statement);
  },
);

test('settings are listed with what they mean, and changed in their row', async () => {
  const [list, ...changes] = blockOf('docs/operations.md', 'private.settings set open_requests')
    .split(/;\n/);
  const columns = await asPostgres<{ attname: string; col_description: string }>(list ?? '');
  expect(columns.length).toBeGreaterThan(20);
  expect(columns.filter((column) => !column.col_description).map(({ attname }) => attname)).toEqual(
    [],
  );
  await asPostgres(changes.join(';\n'));
  expect(
    await asPostgres(`select open_requests, host_bp from private.settings, private.fee_schemes
      where fee_schemes.fee_scheme = 'split'`),
  ).toEqual([{ open_requests: 8, host_bp: 500 }]);
});

test('the plan of a search is shown to a superuser', async () => {
  const { name } = await testDatabase();
  const { postgresPort, directory } = inject('run');
  await connectCluster(postgresPort, directory).using(name, 'supabase_admin', async (client) => {
    const said: (string | undefined)[] = [];
    client.on('notice', ({ message }) => said.push(message));
    await client.query(blockOf('docs/performance.md', "load 'auto_explain'"));
    expect(said.join('\n')).toMatch(/Index.* Scan.* listing_search/);
  });
});

test('custom fields get a schema, are written by a host, and one is taken away', async () => {
  const hedy = await signUp('Hedy');
  const home = await publishHome(hedy);
  await asPostgres(blockOf('docs/custom-fields.md', 'set_listing_schema'));
  const AsyncFunction = (async () => {}).constructor as new (...words: string[]) => (
    supabase: unknown,
    given: unknown,
  ) => Promise<void>;
  const write = new AsyncFunction(
    'supabase',
    'listing_id',
    blockOf('docs/custom-fields.md', "from('listing_forms')"),
  );
  await write(hedy.client, home);
  const fields = async () =>
    (await asPostgres<{ custom_fields: unknown }>(
      'select custom_fields from public.listings where listing_id = $1',
      [home],
    ))[0]?.custom_fields;
  expect(await fields()).toEqual({ view: 'sea', floor: 3 });

  const found: unknown[] = [];
  const search = new AsyncFunction(
    'supabase',
    'box',
    blockOf('docs/custom-fields.md', "rpc('search_listings'"),
  );
  const rpc = async (verb: 'search_listings', asked: object) => {
    const { data, error } = await hedy.client.rpc(verb, asked);
    expect(error).toBeNull();
    found.push(...(data ?? []).map(({ listing_id }) => listing_id));
  };
  await search({ rpc }, {});
  expect(found).toEqual([home]);

  await asPostgres(
    `update public.listings set custom_fields = custom_fields || '{"story": "Old."}' where listing_id = $1`,
    [home],
  );
  await asPostgres(blockOf('docs/custom-fields.md', "custom_fields - 'story'"));
  expect(await fields()).toEqual({ view: 'sea', floor: 3 });
});

test('retention is changed in its row, and the fill of B-trees is read', async () => {
  const [list, change] = blockOf('docs/operations.md', 'private.retention').split(/;\n/);
  expect((await asPostgres(list ?? '')).length).toBeGreaterThan(10);
  await asPostgres(change ?? '');
  expect(await asPostgres(`select keep_days from private.retention where record = 'commands'`))
    .toEqual([{ keep_days: 180 }]);
  const [create, read] = blockOf('docs/operations.md', 'pgstatindex').split(/;\n/);
  const [extension] = await asPostgres<{ there: boolean }>(
    `select exists (select from pg_available_extensions where name = 'pgstattuple') as there`,
  );
  if (!extension?.there) return;
  // Of a hosted project postgres may make it, and of the embedded one its superuser.
  const { postgresPort, directory } = inject('run');
  const { name } = await testDatabase();
  await connectCluster(postgresPort, directory).using(name, 'supabase_admin', async (client) => {
    await client.query(create ?? '');
    const { rowCount } = await client.query((read ?? '').replace('100000000', '8192'));
    expect(rowCount).toBeGreaterThan(0);
  });
});

test('taxes are rows, as the list before the first guest says', async () => {
  await asPostgres(blockOf('docs/operations.md', 'insert into private.taxes'));
  expect(await asPostgres('select name, basis::text from private.taxes order by name')).toEqual([
    { name: 'Tourist tax', basis: 'percent_of_nights' },
    { name: 'Visitor levy', basis: 'per_guest_night' },
  ]);
});

test('other names of places are rows', async () => {
  await asPostgres(blockOf('docs/operations.md', 'private.place_aliases'));
});

test('exchange rates are loaded', async () => {
  const block = blockOf('docs/operations.md', 'load_exchange_rates');
  const { url } = await testApi();
  const { stdout } = await shell(`node --input-type=module <<'end'\n${block}end\n`, {
    SUPABASE_URL: url,
    SUPABASE_SECRET_KEY: keys.secret,
  });
  expect(stdout.trim()).toBe(/\/\/ (.+)$/m.exec(block)?.[1]);
  expect(await asPostgres('select currency, source from private.exchange_rates order by 1'))
    .toEqual([
      { currency: 'JPY', source: 'A central bank' },
      { currency: 'USD', source: 'A central bank' },
    ]);
});

test('a scratch database is built, and its server stopped', async () => {
  const [install, start, scratch = ''] = blockOf('CONTRIBUTING.md', 'npm run db:scratch').split(
    '\n',
  );
  // These two are the first of the README.
  expect([install, start?.replace(/ +#.*/, '')].join(' && '))
    .toBe(blocks.find(({ doc }) => doc === 'README.md')?.text.trim());
  const directory = temporaryDirectory();
  const where = { STAYBASE_DATA: directory, STAYBASE_PORT: String(await freePort()) };
  const built = await shell(scratch, where);
  const stopped = await shell('npm run db:scratch -- --stop', where);
  expect(built.stdout).toMatch(/^Rebuilt in \d+ ms: \w+, /m);
  expect(stopped.stdout).toContain('Stopped.');
});

const isRoot = process.getuid?.() === 0;
const isClone = existsSync(inProject('.git'));

/** Self-hosting: a machine of its own, below a folder. */
function selfHosting() {
  const home = temporaryDirectory();
  const bin = join(home, 'bin');
  mkdirSync(bin);
  mkdirSync(join(home, 'srv'));
  // `npm ci` would take minutes and the network: what it would install is lent.
  writeFileSync(
    join(bin, 'npm'),
    `#!/bin/sh\nif [ "$1" = ci ]; then ln -s '${
      inProject('node_modules')
    }' node_modules; else exec '${npm()}' "$@"; fi\n`,
  );
  chmodSync(join(bin, 'npm'), 0o755);
  const follow = (block: string, cwd: string) =>
    shell(
      block
        .replaceAll('https://github.com/YOUR/staybase', inProject())
        .replaceAll('/srv/staybase', join(home, 'srv', 'staybase'))
        .replaceAll('/mnt/backups', join(home, 'backups'))
        .replaceAll(isRoot ? 'nothing' : '-o 1000 -g 1000', ''),
      { HOME: home, PATH: bin, npm_config_update_notifier: 'false' },
      cwd,
    );
  return { home, follow };
}

const npm = () =>
  spawnSync('/bin/sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).stdout.trim();

test.skipIf(!isClone)(
  'self-hosting begins with a checkout and keys, and is upgraded by git',
  async () => {
    const { home, follow } = selfHosting();
    const { stdout } = await follow(blockOf('docs/self-hosting.md', 'git clone'), home);
    expect(stdout).toContain('BACKUP_RECIPIENTS=age1');
    expect(readFileSync(join(home, 'staybase-backup.key'), 'utf8')).toContain('AGE-SECRET-KEY-');
    expect(existsSync(join(home, 'backups'))).toBe(true);

    writeFileSync(join(home, '.env'), 'A=b\nSTAYBASE_REVISION=old\nC=d\n');
    await follow(blockOf('docs/self-hosting.md', 'sed -i'), home);
    const head = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: inProject(), encoding: 'utf8' });
    expect(readFileSync(join(home, '.env'), 'utf8'))
      .toBe(`A=b\nSTAYBASE_REVISION=${head.stdout.trim()}\nC=d\n`);
  },
);

/** `docker compose` needs no engine to read its files; before 2.24.4 it does not know `!override`. */
const compose = [['docker', 'compose'], ['docker-compose']].find(([program = '', ...words]) => {
  const { stdout } = spawnSync(program, [...words, 'version', '--short'], { encoding: 'utf8' });
  const [major = 0, minor = 0] = (stdout ?? '').replace(/^v/, '').split('.').map(Number);
  return major > 2 || (major === 2 && minor >= 25);
});
const without = compose === undefined ? ' (skipped: there is no Docker Compose 2.25 here)' : '';

test.skipIf(compose === undefined)(
  `compose takes our file on top of Supabase's names, and names a variable that is missing${without}`,
  async () => {
    const upstream = JSON.parse(
      readFileSync(inProject('tests', 'fixtures', 'supabase-compose.json'), 'utf8'),
    ) as { services: string[]; healthchecks: string[]; published: string[]; volumes: string[] };
    const home = temporaryDirectory();
    const services = Object.fromEntries(upstream.services.map((name) => [name, {
      image: `supabase/${name}:1`,
      ...(upstream.healthchecks.includes(name) ? { healthcheck: { test: ['CMD', 'true'] } } : {}),
      ...(upstream.published.includes(name) ? { ports: ['8000:8000', '5432:5432'] } : {}),
    }]));
    const volumes = Object.fromEntries(upstream.volumes.map((name) => [name, null]));
    writeFileSync(
      join(home, 'docker-compose.yml'),
      stringify({ name: 'supabase', services, volumes }),
    );
    const file = inProject('docker', 'compose.staybase.yml');
    const wanted = new Set(
      [...readFileSync(file, 'utf8').matchAll(/(?<!\$)\$\{(\w+):\?/g)].map(([, name]) => name),
    );
    const values: Record<string, string> = {
      COMPOSE_FILE: `docker-compose.yml:${file}`,
      STAYBASE_FOLDER: inProject(),
      BACKUP_FOLDER: '/mnt/backups',
      POSTGRES_PORT: '5432',
      POOLER_PROXY_PORT_TRANSACTION: '6543',
    };
    for (const name of wanted) values[name ?? ''] ??= 'a-value';
    const write = (of: Record<string, string>) =>
      writeFileSync(
        join(home, '.env'),
        Object.entries(of).map((line) => line.join('=')).join('\n'),
      );
    const block = blockOf('docs/self-hosting.md', 'docker compose config')
      .replace('docker compose', compose?.join(' ') ?? '');
    write(values);
    await shell(block, { HOME: home }, home);

    const { stdout } = await shell(`${compose?.join(' ')} config --format json`, {}, home);
    const merged = JSON.parse(stdout) as {
      services: Record<string, { ports?: { host_ip?: string }[] }>;
    };
    const ports = Object.values(merged.services).flatMap(({ ports = [] }) => ports);
    expect(ports.length).toBeGreaterThan(3);
    for (const port of ports) expect(port.host_ip).toBe('127.0.0.1');

    const { METRICS_TOKEN: _token, ...rest } = values;
    write(rest);
    await expect(shell(block, { HOME: home }, home)).rejects.toThrow('METRICS_TOKEN');
  },
);
