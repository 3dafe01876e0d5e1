import { createClient } from '@supabase/supabase-js';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { demoPassword, demoPeople } from '../../local/demo-people.ts';
import { keys } from '../../local/keys.ts';
import { inProject } from '../../local/paths.ts';
import { portsFrom } from '../../local/ports.ts';
import { commandOf, endLeftovers, livePid } from '../../local/processes.ts';
import {
  freeStackPort,
  keepersOf,
  programsIn,
  runStack,
  type StackProcess,
  temporaryDirectory,
} from '../support/stack-process.ts';

// One stack, built once. A start takes seconds, so a test that only needs one that runs takes over that of the test
// before, if that left it running; whoever needs none ends it first.
const directory = mkdtempSync(join(tmpdir(), 'staybase-'));
const where = { STAYBASE_PORT: String(await freeStackPort()), STAYBASE_DATA: directory };
chmodSync(directory, 0o755);
let last: StackProcess | undefined;
afterAll(async () => {
  await noStack();
  await endLeftovers(join(directory, 'stack'));
  rmSync(directory, { recursive: true, force: true });
});

/** The stack that the test before left running, else a new one. */
async function aStack(): Promise<StackProcess> {
  if (last === undefined || last.child.exitCode !== null || last.child.signalCode !== null) {
    last = runStack(where, { ends: 'later' });
    await last.up();
  }
  return last;
}

/** Ends the stack as Ctrl-C does, if it runs. */
async function noStack(): Promise<void> {
  if (last?.child.exitCode === null) last.child.kill('SIGINT');
  await last?.ended;
  last = undefined;
}

/** A dead process that nobody has buried yet has no command line either. */
const isAlive = (pid: number) => commandOf(pid) !== '';

async function signIn(email: string, password: string) {
  const client = createClient(`http://127.0.0.1:${where.STAYBASE_PORT}`, keys.publishable);
  return await client.auth.signInWithPassword({ email, password });
}

test('npm start tells whom to be, with which keys, and each of them can sign in', async () => {
  const stack = await aStack();
  expect(stack.output()).toContain(keys.publishable);
  expect(stack.output()).toContain(keys.secret);
  for (const { email } of demoPeople) {
    expect(stack.output()).toContain(email);
    expect((await signIn(email, demoPassword)).error).toBeNull();
  }
});

test('every photo of the small town is a picture', async () => {
  await aStack();
  const client = createClient(`http://127.0.0.1:${where.STAYBASE_PORT}`, keys.publishable);
  const { data } = await client.from('listing_photos').select('storage_path').throwOnError();
  expect(data.length).toBeGreaterThan(5);
  for (const { storage_path } of data) {
    const photo = await fetch(
      client.storage.from('listing-photos').getPublicUrl(storage_path).data.publicUrl,
    );
    expect(photo.headers.get('content-type'), storage_path).toBe('image/png');
    const start = Buffer.from(await photo.arrayBuffer()).subarray(1, 4).toString();
    expect(start).toBe('PNG');
  }
});

test('Ctrl-C ends all of it, and a second start keeps the data', async () => {
  const first = await aStack();
  const { data } = await signIn('ada@example.com', demoPassword);
  const changed = await fetch(`http://127.0.0.1:${where.STAYBASE_PORT}/auth/v1/user`, {
    method: 'PUT',
    headers: {
      apikey: keys.publishable,
      authorization: `Bearer ${data.session?.access_token}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ password: 'another long password' }),
  });
  expect(changed.status).toBe(200);

  const pids = Object.values(programsIn(directory));
  expect(pids.filter(isAlive)).toHaveLength(3);
  first.child.kill('SIGINT');
  expect(await first.ended).toBe(0);
  expect(pids.filter(isAlive)).toEqual([]);

  await aStack();
  expect((await signIn('ada@example.com', 'another long password')).error).toBeNull();
});

test('each line of a start says what its own step took', async () => {
  // The first start has one step more: it makes the small town.
  if ((await aStack()).output().includes('A small town')) await noStack();
  const stack = await aStack();
  const steps = [...stack.output().matchAll(/^ +([\d.]+) s {2}(\S.*)$/gm)];
  expect(steps.map(([, , what]) => what)).toEqual([
    'Postgres',
    'Schema',
    'Storefront and console',
    'REST, Auth and Storage',
    'Edge functions and a fake Stripe',
  ]);
  const whole = Number(/is up after ([\d.]+) s/.exec(stack.output())?.[1]);
  const sum = steps.reduce((all, [, seconds]) => all + Number(seconds), 0);
  expect(sum).toBeLessThanOrEqual(whole + 0.05 * steps.length);
});

test('the clock goes forward on demand, and a payment in the fake Stripe outlives a restart', async () => {
  const stripe = `http://127.0.0.1:${portsFrom(Number(where.STAYBASE_PORT)).stripe}`;
  const asked = { headers: { authorization: 'Bearer sk_test_staybase_local' } };
  const first = await aStack();
  const made = await fetch(`${stripe}/v1/customers`, { ...asked, method: 'POST' });
  const { id, created } = await made.json() as { id: string; created: number };

  const forward = runStack(where, { script: 'let-time-pass.ts', args: ['2 days'] });
  expect(await forward.ended, forward.output()).toBe(0);
  const backward = runStack(where, { script: 'let-time-pass.ts', args: ['-1 day'] });
  expect(await backward.ended).toBe(1);
  expect(backward.output()).toContain('Time only goes forward.');
  const nowhere = runStack(where, { script: 'let-time-pass.ts', args: ['soon'] });
  expect(await nowhere.ended).toBe(1);
  expect(nowhere.output()).toContain('"soon" is not a span of time, such as "2 days"');

  const listed = runStack(where, { script: 'stripe-by-hand.ts', args: ['customers'] });
  expect(await listed.ended, listed.output()).toBe(0);
  expect(listed.output()).toContain(id);
  const overview = runStack(where, { script: 'stripe-by-hand.ts' });
  expect(await overview.ended, overview.output()).toBe(0);
  expect(overview.output()).toContain('payment_intents');
  const refused = runStack(where, {
    script: 'stripe-by-hand.ts',
    args: ['refund', 'payment_intent=pi_none', 'amount=5000'],
  });
  expect(await refused.ended).toBe(1);
  expect(refused.output()).toContain("No such payment_intent: 'pi_none'");

  first.child.kill('SIGINT');
  await first.ended;
  await aStack();
  const kept = await fetch(`${stripe}/v1/customers/${id}`, asked);
  expect(await kept.json()).toMatchObject({ id, created });
  const later = await fetch(`${stripe}/v1/customers`, { ...asked, method: 'POST' });
  const { created: afterwards } = await later.json() as { created: number };
  expect(afterwards - created).toBeGreaterThanOrEqual(2 * 86_400);
});

test('what a stack left because its keeper was killed too is swept up by the next start', async () => {
  const first = await aStack();
  const left = Object.values(programsIn(directory));
  for (const keeper of keepersOf(first.child.pid)) process.kill(keeper, 'SIGKILL');
  first.child.kill('SIGKILL');
  await first.ended;
  expect(left.filter(isAlive)).toHaveLength(3);

  await aStack();
  expect(left.filter(isAlive)).toEqual([]);
});

test('when a part dies, it is named and the rest ends with it', async () => {
  const stack = await aStack();
  const programs = programsIn(directory);
  const [name = '', pid = 0] =
    Object.entries(programs).find(([name]) => name.startsWith('postgrest')) ?? [];
  process.kill(pid, 'SIGKILL');

  expect(await stack.ended).toBe(1);
  expect(stack.output()).toContain(`${name} ended (SIGKILL)`);
  expect(Object.values(programs).filter(isAlive)).toEqual([]);
});

test('a second stack, or a reset, on data that is in use is refused; a stack beside it is not', async () => {
  // Beside it with a copy of what it has: to make all of that costs four starts.
  await noStack();
  const beside = temporaryDirectory();
  if (existsSync(join(directory, 'stack'))) {
    expect(spawnSync('cp', ['-a', join(directory, 'stack'), beside]).status).toBe(0);
  }
  await aStack();

  const elsewhere = String(await freeStackPort());
  const same = runStack({ ...where, STAYBASE_PORT: elsewhere });
  expect(await same.ended).toBe(1);
  expect(same.output()).toContain('A stack already works in');

  const reset = runStack(where, { script: 'reset.ts' });
  expect(await reset.ended).toBe(1);
  expect(reset.output()).toContain('Stop it with Ctrl-C');

  await runStack({ STAYBASE_PORT: elsewhere, STAYBASE_DATA: beside }).up();
});

test('status tells a program where everything is and what works', async () => {
  const ask = async () => {
    const status = runStack(where, { script: 'status.ts', args: ['--json'] });
    return { code: await status.ended, said: JSON.parse(status.output()) };
  };
  await noStack();
  expect(await ask()).toMatchObject({ code: 1, said: { health: { gateway: false } } });

  await aStack();
  await expect.poll(ask).toEqual({
    code: 0,
    said: {
      url: `http://127.0.0.1:${where.STAYBASE_PORT}`,
      database_url: `postgresql://postgres:postgres@127.0.0.1:${
        Number(where.STAYBASE_PORT) + 1
      }/postgres?sslmode=disable`,
      publishable_key: keys.publishable,
      secret_key: keys.secret,
      health: {
        gateway: true,
        postgres: true,
        rest: true,
        auth: true,
        functions: true,
        clock: true,
      },
      clocks: {
        healthy: true,
        detail: expect.stringMatching(/^Postgres .* decides; .*node .* agrees$/),
      },
    },
  });
});

test('with a key of Stripe it says how many payments here Stripe does not know', async () => {
  await noStack();
  // An address at which nobody answers: nothing leaves the machine.
  const stack = runStack({
    ...where,
    STRIPE_SECRET_KEY: 'sk_test_nobody',
    STRIPE_API_URL: 'http://127.0.0.1:9',
  });
  await stack.up();
  expect(stack.output()).toMatch(/Stripe does not know \d+ payments of this database/);
});

/** Somebody else's server on a port, until the test ends. */
async function squat(port: number): Promise<void> {
  const squatter = createServer().listen(port, '127.0.0.1');
  await once(squatter, 'listening');
  onTestFinished(() => void squatter.close());
}

test('a part that finds its port taken moves to another, and every command finds it there', async () => {
  await noStack();
  const usual = portsFrom(Number(where.STAYBASE_PORT));
  const { gateway, ...parts } = usual;
  for (const port of Object.values(parts)) await squat(port);

  const stack = runStack(where);
  await stack.up();
  expect(stack.output()).toContain(`Port ${usual.postgres} was taken: Postgres listens on `);
  const status = runStack(where, { script: 'status.ts', args: ['--json'] });
  await status.ended;
  const { url, database_url } = JSON.parse(status.output());
  expect(url).toBe(`http://127.0.0.1:${gateway}`);
  expect(database_url).not.toContain(`:${usual.postgres}/`);
  expect((await signIn('alan@example.com', demoPassword)).error).toBeNull();
  for (
    const [script, args] of [['let-time-pass.ts', ['1 minute']], ['stripe-by-hand.ts', []]] as const
  ) {
    const command = runStack(where, { script, args: [...args] });
    expect(await command.ended, command.output()).toBe(0);
  }
});

test('a taken gateway is named, and the way out leads to ports that are free', async () => {
  await noStack();
  const port = Number(where.STAYBASE_PORT);
  await squat(port);
  // A part of the stack that would come first.
  await squat(port + 1003);

  const stack = runStack(where);
  expect(await stack.ended).toBe(1);
  expect(stack.output()).toContain(`Port ${port}, for the gateway, is taken.`);
  expect(stack.output()).toContain(`STAYBASE_PORT=${port + 2000} npm start`);
  expect(programsIn(directory)).toEqual({});
});

test.each(['start.ts', 'status.ts', 'let-time-pass.ts', 'reset.ts'])(
  'a port that is none is refused in a sentence by %s',
  async (script) => {
    const settings = { STAYBASE_PORT: 'eighty', STAYBASE_DATA: directory };
    const program = runStack(settings, {
      script,
      args: script === 'let-time-pass.ts' ? ['1 day'] : [],
    });
    expect(await program.ended).toBe(1);
    expect(program.output().trim())
      .toBe('STAYBASE_PORT is "eighty", not a port from 1024 to 65000.');
  },
);

test('reset rebuilds everything', async () => {
  await noStack();
  const reset = runStack(where, { script: 'reset.ts' });
  expect([await reset.ended, reset.output()]).toEqual([0, expect.stringContaining('Rebuilt')]);

  await aStack();
  expect((await signIn('ada@example.com', 'another long password')).error).not.toBeNull();
  expect((await signIn('ada@example.com', demoPassword)).error).toBeNull();
});

test.runIf(process.getuid?.() === 0)(
  'root may start it in a folder nobody else may enter',
  async () => {
    const checkout = join(temporaryDirectory(), 'checkout');
    mkdirSync(checkout);
    const parts = ['console', 'docs', 'examples', 'local', 'packages', 'supabase', 'types'];
    for (const part of [...parts, 'package.json', 'package-lock.json', 'tsconfig.json']) {
      // As old as it is: what has been built of it is not built again.
      cpSync(inProject(part), join(checkout, part), { recursive: true, preserveTimestamps: true });
    }
    symlinkSync(inProject('node_modules'), join(checkout, 'node_modules'));
    chmodSync(checkout, 0o700);

    const stack = runStack({ STAYBASE_PORT: String(await freeStackPort()) }, { project: checkout });
    await stack.up();
    const data = /data in (\S+)/.exec(stack.output())?.[1] ?? '';
    expect(data).toMatch(/^\/var\/tmp\/staybase-/);
    onTestFinished(() => rmSync(join(data, '..'), { recursive: true, force: true }));
    expect(livePid(data, 'postgres')).toBeDefined();
    stack.child.kill('SIGINT');
    expect(await stack.ended).toBe(0);
  },
);
