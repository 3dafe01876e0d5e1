import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inProject } from '../../local/paths.ts';
import { compiledOnce } from '../support/scripts.ts';
import { temporaryDirectory } from '../support/stack-process.ts';

const scriptsOf = (...path: string[]): Record<string, string> =>
  JSON.parse(readFileSync(inProject(...path, 'package.json'), 'utf8')).scripts;
const scripts = scriptsOf();
/** Run in its folder, and programs of its own. */
const ofTheStorefront = scriptsOf('examples', 'storefront');

/** Commands of package.json that are programs of their own. */
const others = ['vitest run'];

/** What `npm run NAME -- ...` runs, and the measurements that docs run by their path. */
const commands = [
  ...Object.entries(scripts).filter(([, command]) => !others.includes(command)),
  ...['beside', 'churn', 'growth', 'idle', 'import', 'metrics', 'partitions'].map((name) =>
    [`bench/${name}.ts`, `node bench/${name}.ts`] as const
  ),
];

/** What each of them prints for --help, by the path of its script. */
const usages = new Map<string, string>();

/** Runs it in a place where it would do harm to nobody; no setting leads to a server. */
function runCommand(command: string, args: string[], home: string) {
  const [program = '', ...words] = [...command.split(' '), ...args];
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(
      inProject('node_modules', '.bin', program),
      words,
      {
        cwd: inProject(),
        env: {
          PATH: '/nowhere',
          HOME: home,
          STAYBASE_DATA: join(home, 'data'),
          STAYBASE_PORT: '1',
          DATABASE_URL: 'postgresql://127.0.0.1:1/none',
          SUPABASE_URL: 'http://127.0.0.1:1',
          SUPABASE_SECRET_KEY: 'sb_secret_none',
          BACKUP_FOLDER: join(home, 'backups'),
          ...compiledOnce,
        },
      },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

/** When the files that commands write were written last. */
const written = () =>
  globSync(
    '{package.json,CHANGELOG.md,docs/openapi.json,docs/pictures/*.png,types/*.ts,bench/plans/*,supabase/functions/graphql/*.*}',
    {
      cwd: inProject(),
    },
  ).map((path) => [path, statSync(inProject(path)).mtimeMs]);

/** The file that a command runs, past Node's own options. */
const fileOf = (command: string) => /\S+\.ts/.exec(command)?.[0] ?? command;

test('every command is one of these, or a program of its own', () => {
  for (const [name, command] of Object.entries(scripts)) {
    if (!others.includes(command)) {
      expect(command, name).toMatch(/^node (--[\w=-]+ )?[\w/-]+\.ts( --check)?$/);
    }
  }
});

test.for(commands)(
  '%s prints its usage for --help and for an option that it does not know, and does nothing',
  async ([name, command]) => {
    const home = temporaryDirectory();
    const before = written();
    const [help, unknown] = await Promise.all([
      runCommand(command, ['--help'], home),
      runCommand(command, ['--no-such-option'], home),
    ]);
    expect({ ...help, stdout: '' }).toEqual({ code: 0, stdout: '', stderr: '' });
    usages.set(fileOf(command), help.stdout);
    // As it is typed: by its name, or by its path.
    const typed = scripts[name] === undefined
      ? `node ${name}`
      : name === 'start'
      ? 'npm start'
      : `npm run ${name}`;
    expect(help.stdout).toMatch(/^[A-Z]/);
    expect(help.stdout).toContain(`\n  ${typed}`);
    expect(unknown)
      .toEqual({
        code: 2,
        stdout: '',
        stderr: `Unknown option '--no-such-option'\n\n${help.stdout}`,
      });
    expect(existsSync(join(home, 'data'))).toBe(false);
    expect(existsSync(join(home, 'backups'))).toBe(false);
    expect(written()).toEqual(before);
  },
);

/** Commands that take no word, or only some: a misspelt one must not be passed over. */
const misspelt: [command: string, ...args: string[]][] = [
  ['start', 'stop'],
  ['status', 'all'],
  ['clock'],
  ['clock', '2', 'days'],
  ['reset', 'help'],
  ['check', 'types'],
  ['types', 'check'],
  ['graphql', 'check'],
  ['db:scratch', 'stop'],
  ['create'],
  ['create', 'one', 'two'],
  ['import'],
  ['import', 'one', 'two'],
  ['export'],
  ['export', 'one', '--format', 'xml'],
  ['import:inside-airbnb'],
  ['import:inside-airbnb', 'listings.csv'],
  ['deploy', 'everything'],
  ['deploy', 'check', 'twice'],
  ['deploy', 'check', '--dry-run'],
  ['deploy', '--smoke', 'all'],
  ['backup', 'list'],
  ['restore', 'latest'],
  ['restore', '--as', 'a name'],
  ['restore', '--recipe', 'half'],
  ['drill', 'latest'],
  ['release'],
  ['release', '1.0.0', '1.0.1'],
  ['reference', 'check'],
  ['pictures', 'storefront'],
  ['lint:migrations', 'all'],
  ['bench', '--listings', 'many'],
  ['bench:backup', '--listings', '0'],
  ['where'],
  ['worker', 'once'],
  ['doctor', 'json'],
  ['upgrade'],
  ['upgrade', 'everything'],
  ['upgrade', 'switch'],
  ['upgrade', 'copy', '--gate', 'gate.sh'],
  ['upgrade', 'status'],
  ['upgrade:prove', '--part', 'half'],
  ['partition', 'claims'],
  ['partition', '--table', 'bookings', '--partitions', '8'],
  ['partition', '--table', 'claims'],
  ['partition', '--partitions', '8', '--undo'],
];

const wrong = misspelt.map(([name, ...args]) => ({
  typed: [name, ...args].join(' '),
  name,
  args,
}));

test.for(wrong)('"$typed" is refused with the usage of the command', async ({ name, args }) => {
  const home = temporaryDirectory();
  const { code, stdout, stderr } = await runCommand(scripts[name] ?? '', args, home);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^[^\n]+\n\n[A-Z]/);
  expect(stderr).not.toMatch(/^ {4}at /m);
  expect(existsSync(join(home, 'data'))).toBe(false);
});

/** Every command of ours that a document names with options, in a block or within a sentence. */
const named = [
  ...new Set(
    globSync('{README.md,docs/**/*.md}', { cwd: inProject() }).flatMap((doc) =>
      [
        ...readFileSync(inProject(doc), 'utf8').matchAll(
          /\b(?:npm run (?:-s )?([\w:-]+)|node ((?:scripts|local|bench)\/[\w/-]+\.ts))((?: (?:--[\w-]*|'[^']*'|"[^"]*"|[\w./=:-]+))*)/g,
        ),
      ].filter(([, name = '']) => name in scripts || !(name in ofTheStorefront)).map((
        [, name, path, words = ''],
      ) =>
        [
          name === undefined ? path : fileOf(scripts[name] ?? name),
          ...words.match(/--[\w-]+/g) ?? [],
        ].join(' ')
      )
    ),
  ),
].toSorted();

test('every command that a document names is there, and knows the options it is named with', () => {
  expect(named.length).toBeGreaterThan(30);
  for (const command of named) {
    const [path = '', ...options] = command.split(' ');
    expect(existsSync(inProject(path)), command).toBe(true);
    // Every command prints its usage for --help, and none names that.
    for (const option of options.filter((one) => one !== '--help')) {
      expect(usages.get(path), command).toContain(option);
    }
  }
});
