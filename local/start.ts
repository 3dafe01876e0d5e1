import { readableLine } from './function-log.ts';
import { demoPassword, demoPeople } from './demo-people.ts';
import { addressesOf, settingsOrEnd } from './settings.ts';
import type { Ports } from './ports.ts';
import { type Listener, type Stack, startStack } from './stack.ts';

const began = performance.now();
const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;

const tell: Listener = {
  step: (what) => console.log(`  ${seconds().padStart(6)}  ${what}`),
  mail: (mail) => console.log(`mail to ${mail.to}: ${mail.subject}`),
  functionSays(line) {
    const readable = readableLine(line);
    if (readable !== undefined) console.log(readable);
  },
  trouble: (what) => console.error(what),
};

const settings = settingsOrEnd();
console.log(`Starting Staybase, with its data in ${settings.directory}\n`);
const starting = startStack(settings, tell);
let stoppingSince: number | undefined;

/**
 * Ctrl-C stops everything in order; a second one, later, leaves at once, and the next start cleans up.
 * (npm passes the terminal's signal on, so one Ctrl-C may arrive twice.)
 */
async function stopAll(exitCode: number): Promise<void> {
  if (stoppingSince !== undefined) {
    if (performance.now() - stoppingSince > 1000) process.exit(exitCode);
    return;
  }
  stoppingSince = performance.now();
  console.log('\nStopping ...');
  await (await starting.catch(() => undefined))?.stop();
  process.exit(exitCode);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void stopAll(0));
}

// A SIGTERM to npm ends npm and its shell, and is not passed on: noticed by the new parent.
if (process.env.npm_lifecycle_event) {
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || void stopAll(0), 500).unref();
}

try {
  const stack = await starting;
  if (stoppingSince === undefined) console.log(summary(stack, settings.ports));
  const end = await stack.broken;
  if (stoppingSince === undefined) {
    console.error(`${end}. Staybase can't go on without it; npm start brings it back.`);
    await stopAll(1);
  }
} catch (error) {
  if (stoppingSince === undefined) fail(error);
}

function fail(error: unknown): never {
  console.error(`\nStaybase did not start.\n${error instanceof Error ? error.message : error}`);
  process.exit(1);
}

function summary(stack: Stack, ports: Ports): string {
  const { url, database_url, publishable_key, secret_key } = addressesOf(ports);
  const people = demoPeople.map(({ name, email, is }) => `  ${email.padEnd(18)}  ${name}, ${is}`);
  return `
Staybase is up after ${seconds()}.

  API              ${url}
  Publishable key  ${publishable_key}
  Secret key       ${secret_key}
  Database         ${database_url}
  Mail it sent     ${url}/mail
  Payments         ${
    stack.usesFakeStripe
      ? `http://127.0.0.1:${ports.stripe}/_fake, a fake Stripe; the card 4242 4242 4242 4242 works`
      : 'Stripe'
  }

Demo people, all with the password "${demoPassword}":
${people.join('\n')}

Try next:
  the journey in README.md, from search to a paid stay, pasted into a file
  npm run import:inside-airbnb   a real city instead of a small town
  npm run clock -- "2 days"      let time pass: holds expire, stays are completed
  npm run status                 what runs, and where
  npm run reset                  start over with an empty database

Ctrl-C stops it; the data stays.`;
}
