import { demoPassword, demoPeople } from './demo-people.ts';
import { addressesOf, type StackSettings, stackSettings } from './settings.ts';
import type { Ports } from './ports.ts';
import { type Listener, type Stack, startStack } from './stack.ts';

const began = performance.now();
const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;

const tell: Listener = {
  step: (what) => console.log(`  ${seconds().padStart(6)}  ${what}`),
  mail: (mail) => console.log(`mail to ${mail.to}: ${mail.subject}`),
  functionSays: (line) => console.log(`functions: ${line}`),
  trouble: (what) => console.error(what),
};

const settings = settingsOrEnd();
console.log(`Starting Staybase, with its data in ${settings.directory}\n`);
const starting = startStack(settings, tell);
let stopping = false;

/** Ctrl-C once stops everything in order; twice leaves at once, and the next start cleans up. */
async function stopAll(exitCode: number): Promise<void> {
  if (stopping) process.exit(exitCode);
  stopping = true;
  console.log('\nStopping ...');
  await (await starting.catch(() => undefined))?.stop();
  process.exit(exitCode);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => void stopAll(0));
}

try {
  const stack = await starting;
  if (!stopping) console.log(summary(stack, settings.ports));
  const end = await stack.broken;
  if (!stopping) {
    console.error(`${end}. Staybase can't go on without it; npm start brings it back.`);
    await stopAll(1);
  }
} catch (error) {
  if (!stopping) fail(error);
}

function settingsOrEnd(): StackSettings {
  try {
    return stackSettings();
  } catch (error) {
    fail(error);
  }
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
    stack.usesFakeStripe ? 'a fake Stripe; the card 4242 4242 4242 4242 works' : 'Stripe'
  }

Demo people, all with the password "${demoPassword}":
${people.join('\n')}

Try next:
  the journey in README.md, from search to a paid stay, pasted into a file
  npm run import:inside-airbnb   a real city instead of a small town
  npm run status                 what runs, and where
  npm run reset                  start over with an empty database

Ctrl-C stops it; the data stays.`;
}
