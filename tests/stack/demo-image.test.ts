import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { keys } from '../../local/keys.ts';
import { exampleStorefront, inProject } from '../../local/paths.ts';
import { buildSite, consoleSite } from '../../local/sites.ts';
import {
  freeStackPort,
  programsIn,
  runStack,
  temporaryDirectory,
} from '../support/stack-process.ts';

// The demo image, without Docker: what is copied into it, pruned as it is there, and reached by another
// address than its own. docker/try.sh builds the image itself.

const dockerfile = readFileSync(inProject('docker', 'demo', 'Dockerfile'), 'utf8');
const [building = '', running = ''] = dockerfile.split(/^FROM \$\{BASE_IMAGE\}$/m);
const copied = [...running.matchAll(/^COPY (?!--from)(.+) (\S+)$/gm)]
  .flatMap(([, from = '']) => from.split(' '));

/** A checkout that holds what the image does. */
async function asInTheImage(): Promise<string> {
  const project = join(temporaryDirectory(), 'staybase');
  mkdirSync(project);
  for (const site of [consoleSite, { folder: inProject(exampleStorefront), base: '/' }]) {
    await buildSite(site);
    const built = join(relative(inProject(), site.folder), 'dist');
    cpSync(inProject(built), join(project, built), { recursive: true });
  }
  for (const path of copied) cpSync(inProject(path), join(project, path), { recursive: true });
  // Links where the file system has them, since nothing in a package is changed.
  const copies = ['-al', '-a'].some((how) =>
    spawnSync('cp', [how, inProject('node_modules'), project]).status === 0
  );
  expect(copies).toBe(true);
  const pruned = spawnSync(
    process.execPath,
    [inProject('docker', 'demo', 'prune.ts'), project],
    { encoding: 'utf8' },
  );
  expect(pruned.stderr).not.toContain('Error');
  expect(pruned.status).toBe(0);
  return project;
}

async function ask(url: string, headers: Record<string, string>): Promise<number> {
  const asking = request(url, { headers });
  asking.end();
  const [answer] = await once(asking, 'response') as [IncomingMessage];
  await text(answer);
  return answer.statusCode ?? 0;
}

test.runIf(process.platform === 'linux')(
  'what is left for the image runs, and everything people see leads to where it is published',
  async () => {
    const project = await asInTheImage();
    for (const tool of ['supabase', 'typescript', 'vitest', '@sentry', '@electric-sql/pglite']) {
      expect(readdirSync(join(project, 'node_modules')), tool).not.toContain(tool);
    }
    expect(readdirSync(join(project, 'node_modules', 'stripe'))).toContain('LICENSE');

    const port = await freeStackPort();
    const directory = temporaryDirectory();
    const where = {
      STAYBASE_PORT: String(port),
      STAYBASE_DATA: directory,
      STAYBASE_LISTEN: '127.0.0.2',
      STAYBASE_PUBLIC_URL: 'http://staybase.test:8000',
    };
    const stack = runStack(where, { project });
    await stack.up();
    const { stripe } = JSON.parse(readFileSync(join(directory, 'stack', 'ports.json'), 'utf8'));

    expect(stack.output()).toContain('API              http://staybase.test:8000\n');
    expect(stack.output()).toContain('http://staybase.test:8000/graphiql');
    expect(stack.output()).toContain('http://staybase.test:8000/mail');
    expect(stack.output()).toContain('http://staybase.test:8005/_fake, a fake Stripe');
    expect((await fetch(`http://127.0.0.2:${port}/health`)).status).toBe(200);
    expect(await ask(`http://127.0.0.2:${stripe}/_fake`, { host: 'staybase.test:8005' })).toBe(200);

    // The keys of servers, the mails and the controls: for this machine's names and the published one.
    const doors: [string, string, Record<string, string>][] = [
      [`http://127.0.0.2:${port}/mail`, 'staybase.test:8000', {}],
      [`http://127.0.0.2:${port}/graphiql`, 'staybase.test:8000', {}],
      [`http://127.0.0.2:${port}/docs/openapi.json`, 'staybase.test:8000', {}],
      [`http://127.0.0.2:${port}/rest/v1/`, 'staybase.test:8000', { apikey: keys.secret }],
      [`http://127.0.0.2:${stripe}/_fake`, 'staybase.test:8005', {}],
    ];
    for (const [url, host, headers] of doors) {
      const seen = async (more: Record<string, string>) => await ask(url, { ...headers, ...more });
      expect([url, await seen({ host })]).toEqual([url, 200]);
      expect([url, await seen({ host, origin: `http://${host}` })]).toEqual([url, 200]);
      expect([url, await seen({ host: 'rebound.example.com:8000' })]).toEqual([url, 403]);
      expect([url, await seen({ host: 'staybase.test:9000' })]).toEqual([url, 403]);
      expect([url, await seen({ host, origin: 'https://example.com' })]).toEqual([url, 403]);
      expect([url, await seen({ host, origin: 'http://localhost:3000' })]).toEqual([url, 403]);
    }

    // Functions call the API by an address of the machine, and lead people to the other
    // (tests/functions/deno/shared_test.ts: the link in letters).
    const functions = Object.entries(programsIn(directory))
      .find(([name]) => name.startsWith('functions-'));
    const environment = readFileSync(`/proc/${functions?.[1]}/environ`, 'utf8').split('\0');
    expect(environment).toContain('SUPABASE_PUBLIC_URL=http://staybase.test:8000');
    expect(environment).toContain(`SUPABASE_URL=http://127.0.0.1:${port}`);

    const api = await fetch(`http://127.0.0.1:${port}/rest/v1/`, {
      headers: { apikey: keys.publishable },
    });
    expect(await api.json()).toMatchObject({ host: 'staybase.test:8000', basePath: '/rest/v1' });

    // What the pages of Stripe lead by: forms of banks and for hosts.
    const settings = await fetch(`http://127.0.0.1:${stripe}/_fake/settings`);
    expect(await settings.json()).toMatchObject({ publicUrl: 'http://staybase.test:8005' });

    const status = runStack(where, { script: 'status.ts', project });
    expect(await status.ended, status.output()).toBe(0);
    expect(status.output()).toContain('url: http://staybase.test:8000\n');

    stack.child.kill('SIGTERM');
    expect(await stack.ended, stack.output()).toBe(0);
  },
);

test('settings that are wrong end the start with their sentence', async () => {
  const port = String(await freeStackPort());
  const STAYBASE_DATA = temporaryDirectory();
  const listen = runStack({ STAYBASE_PORT: port, STAYBASE_DATA, STAYBASE_LISTEN: 'everywhere' });
  expect(await listen.ended).toBe(1);
  expect(listen.output().trim())
    .toBe('STAYBASE_LISTEN is "everywhere", not an IP address such as 127.0.0.1 or 0.0.0.0.');
});

test('the image runs as nobody in particular, keeps its data in a volume and says how it is', () => {
  const lines = running.split('\n');
  expect(running).toMatch(/^USER staybase$/m);
  expect(running).toMatch(/^VOLUME \/data$/m);
  expect(running).toMatch(/^HEALTHCHECK [^]*\/health/m);
  // Nothing that runs in it is done as root after the user was named.
  expect(lines.slice(lines.indexOf('USER staybase')).join('\n')).not.toMatch(/^(RUN|COPY|ADD)/m);
  // The program of the check is one that is there.
  const script = /fetch\(`[^`]*`\).*?(?="\])/.exec(running)?.[0] ?? '';
  expect(spawnSync(process.execPath, ['--check', '-'], { input: script }).status).toBe(0);
});

test('nothing goes into the image but what is named, and nothing secret', () => {
  const ignored = readFileSync(inProject('.dockerignore'), 'utf8').split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(ignored[0]).toBe('*');
  const letIn = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  const wanted = [...building.matchAll(/^COPY (?!--from)(.+) (\S+)$/gm)]
    .flatMap(([, from = '']) => from.split(' ')).concat(copied);
  for (const path of wanted) {
    expect(letIn.some((one) => `${path}/`.startsWith(`${one}/`)), path).toBe(true);
  }
  for (const path of ['**/.env*', '**/node_modules', 'supabase/.temp']) {
    expect(ignored).toContain(path);
  }
  expect(dockerfile).not.toMatch(/(SECRET|TOKEN|PASSWORD|_KEY)\s*=/i);
  expect(dockerfile).not.toMatch(/:latest|^ARG \w+_IMAGE=[^:]+$/m);
  // A listening address for everybody belongs to a container alone.
  expect(readFileSync(inProject('package.json'), 'utf8')).not.toContain('0.0.0.0');
});
