import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inProject } from '../../local/paths.ts';
import { freeStackPort, portsFrom } from '../../local/ports.ts';
import { endLeftovers } from '../../local/processes.ts';

/** The addresses of a stack with the demo data. */
export interface DemoStack {
  /** The gateway; the console is below it. */
  gateway: string;
  storefront: string;
  stripe: string;
}

/** The addresses of a stack whose gateway has this port. */
export function demoStackAt(port: number): DemoStack {
  const ports = portsFrom(port);
  const at = (number: number) => `http://127.0.0.1:${number}`;
  return {
    gateway: at(ports.gateway),
    storefront: at(ports.storefront),
    stripe: at(ports.stripe),
  };
}

/**
 * Starts a separate stack as `npm start` does, in a temporary folder. It does not take the stack's settings
 * from our environment.
 * @param near where to look for free ports
 * @param home where its folder is
 */
export function startDemoStack(near: number, home = tmpdir()): {
  /** Rejects with its output if it exits before it is up. */
  up: Promise<DemoStack>;
  stop(): Promise<void>;
} {
  const directory = mkdtempSync(join(home, 'staybase-demo-'));
  // When started as root, Postgres runs as a separate user.
  chmodSync(directory, 0o755);
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^STAYBASE_|^STRIPE_SECRET_KEY$/.test(name)),
  );
  let end = () => Promise.resolve();
  const start = async (): Promise<DemoStack> => {
    const port = await freeStackPort(near);
    const child = spawn(process.execPath, [inProject('local', 'start.ts')], {
      cwd: '/',
      env: {
        ...inherited,
        STAYBASE_PORT: String(port),
        STAYBASE_DATA: directory,
        // A project may have its own storefront, which tests and pictures do not know.
        STAYBASE_STOREFRONT: 'examples/storefront',
      },
    });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    end = async () => {
      if (child.exitCode === null) child.kill('SIGINT');
      await ended;
    };
    let output = '';
    const isUp = new Promise<void>((resolve) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text;
          if (output.includes('Staybase is up')) resolve();
        });
      }
    });
    await Promise.race([isUp, ended]);
    if (!output.includes('Staybase is up')) throw new Error(output);
    return demoStackAt(port);
  };
  return {
    up: start(),
    async stop() {
      await end();
      await endLeftovers(join(directory, 'stack'));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
