import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { functionNames } from '../../local/functions.ts';
import { inProject } from '../../local/paths.ts';

/**
 * A project of Supabase's as far as a deployment sees it: the Management API with secrets (by their
 * SHA-256), functions and settings, and a program in place of the CLI, which brings functions and config.
 */
export interface FakeProject {
  /** What leads `npm run deploy` here. */
  env: Record<string, string>;
  secrets: Map<string, string>;
  functions: Map<string, { slug: string; version: number; ezbr_sha256: string }>;
  settings: Record<string, unknown>;
  /** What was asked to change: POSTs with the names in them, and commands of the CLI with the arguments. */
  changes: string[];
  /** Every argument that a process was given. */
  arguments(): string[];
  /** Lets the next command of the CLI that begins so fail. */
  failOnce(command: string): void;
  /** The functions that the CLI was shown last. */
  shown(): string[];
  stop(): void;
}

export async function startFakeProject(): Promise<FakeProject> {
  const folder = mkdtempSync(join(tmpdir(), 'staybase-project-'));
  const [log, failing, program] = ['log', 'failing', 'supabase'].map((name) => join(folder, name));
  if (!log || !failing || !program) throw new Error('There are three files.');
  const secrets = new Map<string, string>();
  const functions: FakeProject['functions'] = new Map();
  const settings: Record<string, unknown> = {};
  const changes: string[] = [];
  let config = '';

  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '', 'http://api').pathname.split('/').slice(4).join('/');
    let body = '';
    for await (const part of request) body += part;
    const answer = (status: number, value: unknown) =>
      response.writeHead(status).end(JSON.stringify(value));
    if (request.headers.authorization !== 'Bearer sbp_test') return answer(401, {});
    if (path === 'secrets' && request.method === 'POST') {
      const given = JSON.parse(body) as { name: string; value: string }[];
      for (const { name, value } of given) secrets.set(name, value);
      changes.push(`secrets ${given.map(({ name }) => name).join(' ')}`);
      return answer(201, []);
    }
    if (path === 'secrets') {
      return answer(
        200,
        [...secrets].map(([name, value]) => ({
          name,
          value: createHash('sha256').update(value).digest('hex'),
        })),
      );
    }
    if (path === 'functions') return answer(200, [...functions.values()]);
    if (path === 'cli') {
      const { args, config: given } = JSON.parse(body) as { args: string[]; config: string };
      const command = args.slice(0, 2).join(' ');
      if (command === 'config diff') return answer(200, { code: given === config ? 0 : 2 });
      // Hosted changes take this flag only, when nobody can be asked.
      if (!args.includes('--yes')) return answer(200, { code: 1 });
      changes.push(command);
      if (command === 'config push') config = given;
      if (command === 'functions deploy') {
        for (const slug of functionNames()) {
          const version = (functions.get(slug)?.version ?? 0) + 1;
          functions.set(slug, { slug, version, ezbr_sha256: `of ${slug}` });
        }
      }
      return answer(200, { code: 0 });
    }
    return path in settings ? answer(200, settings[path]) : answer(403, {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  writeFileSync(
    program,
    `#!${inProject('node_modules', '.bin', 'node')}
const { appendFileSync, existsSync, readFileSync, readdirSync, rmSync } = require('node:fs');
const args = process.argv.slice(2);
const workdir = args.find((one) => one.startsWith('--workdir='))?.slice(10) ?? '.';
const functions = workdir + '/supabase/functions';
appendFileSync(${JSON.stringify(log)}, JSON.stringify({
  args, functions: existsSync(functions) ? readdirSync(functions) : [] }) + '\\n');
const failing = ${JSON.stringify(failing)};
if (existsSync(failing) && args.join(' ').startsWith(readFileSync(failing, 'utf8'))) {
  rmSync(failing);
  console.error('The network is gone.');
  process.exit(1);
}
const config = readFileSync(workdir + '/supabase/config.toml', 'utf8');
fetch('${api}/v1/projects/x/cli', { method: 'POST', body: JSON.stringify({ args, config }),
  headers: { authorization: 'Bearer ' + process.env.SUPABASE_ACCESS_TOKEN } })
  .then((answer) => answer.json()).then(({ code }) => {
    if (code === 2) console.log('auth.site_url differs');
    process.exitCode = code;
  });
`,
  );
  chmodSync(program, 0o755);
  const lines = () =>
    existsSync(log)
      ? readFileSync(log, 'utf8').trim().split('\n').map((line) =>
        JSON.parse(line) as { args: string[]; functions: string[] }
      )
      : [];

  return {
    env: {
      SUPABASE_API_URL: api,
      SUPABASE_CLI: program,
      SUPABASE_PROJECT_REF: 'abcdefghijklmnopqrst',
      SUPABASE_ACCESS_TOKEN: 'sbp_test',
      SUPABASE_PUBLISHABLE_KEY: 'sb_publishable_test',
      SUPABASE_SECRET_KEY: 'sb_secret_test',
      STAYBASE_ENVIRONMENT: 'staging',
      STAYBASE_SITE_URL: 'https://stays.example.com',
      STRIPE_SECRET_KEY: 'sk_test_of_ours',
      STRIPE_WEBHOOK_SECRET: 'whsec_of_ours',
      STRIPE_HOST_WEBHOOK_SECRET: 'whsec_of_hosts',
    },
    secrets,
    functions,
    settings,
    changes,
    arguments: () => lines().flatMap(({ args }) => args),
    failOnce: (command) => writeFileSync(failing, command),
    shown: () => lines().at(-1)?.functions ?? [],
    stop() {
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}
