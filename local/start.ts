import { readCommandLine } from './command-line.ts';
import { demoPassword, demoPeople } from './demo-people.ts';
import { endWhenTold } from './ending.ts';
import { readableLine, spokenMail } from './function-log.ts';
import { endPrograms } from './processes.ts';
import { addressesOf, settingsOrEnd } from './settings.ts';
import type { Ports } from './ports.ts';
import { isOnlyHere } from './reach.ts';
import type { Listener, Stack } from './stack.ts';

readCommandLine(
  `Starts the stack on this machine, with its data in .staybase. Ctrl-C stops it.

  npm start

STAYBASE_PORT, STAYBASE_DATA, STAYBASE_SITE_URL, STAYBASE_LISTEN and STAYBASE_PUBLIC_URL change where;
STAYBASE_STOREFRONT, STAYBASE_TILES, STAYBASE_TILES_ATTRIBUTION and MAIL_FROM change what guests see;
STRIPE_SECRET_KEY, STRIPE_PUBLISHABLE_KEY and STRIPE_WEBHOOK_SECRET connect it to Stripe's test mode.`,
  {},
);
const began = performance.now();
// Whoever only asks for help does not wait for what it takes to load all parts.
const { startStack } = await import('./stack.ts');
const settings = settingsOrEnd();
const steps = stepPrinter();

const tell: Listener = {
  step: steps.begin,
  mail: (mail) => steps.print(spokenMail(mail)),
  functionSays(line) {
    const readable = readableLine(line);
    if (readable !== undefined) steps.print(readable);
  },
  trouble: (what) => steps.print(what, console.error),
};

console.log(`Starting Staybase, with its data in ${settings.directory}\n`);
let isStopping = false;
let stack: Stack | undefined;

// Ctrl-C stops everything in order. While it starts, its programs are ended: the step that needs them
// fails, and what had started is stopped.
endWhenTold(async () => {
  isStopping = true;
  steps.print('\nStopping ...');
  if (stack === undefined) await endPrograms();
  await (await starting.catch(() => undefined))?.stop();
}, { exitCode: 0 });

const starting = startStack(settings, tell);
try {
  stack = await starting;
  steps.end();
  if (!isStopping) console.log(summary(stack, settings.ports));
  const end = await stack.broken;
  if (!isStopping) {
    isStopping = true;
    console.error(`${end}. Staybase can't go on without it; npm start brings it back.`);
    await stack.stop();
    process.exit(1);
  }
} catch (error) {
  if (!isStopping) fail(error);
}

function fail(error: unknown): never {
  steps.end();
  console.error(`\nStaybase did not start.\n${error instanceof Error ? error.message : error}`);
  process.exit(1);
}

function summary(stack: Stack, usual: Ports): string {
  const { ports, publicUrl: url, stripeUrl } = stack;
  const { database_url, publishable_key, secret_key } = addressesOf(ports);
  const people = demoPeople.map(({ name, email, is }) => `  ${email.padEnd(20)}  ${name}, ${is}`);
  return `
Staybase is up after ${secondsSince(began)}.
${movedParts(ports, usual)}
  API              ${url}
  Publishable key  ${publishable_key}
  Secret key       ${secret_key}
  Database         ${database_url}
  Storefront       ${stack.storefrontUrl}
  Console          ${url}/console
  API reference    ${url}/docs
  GraphiQL         ${url}/graphiql
  Mail it sent     ${url}/mail
  Payments         ${
    stripeUrl !== undefined
      ? `${stripeUrl}/_fake, a fake Stripe; the card 4242 4242 4242 4242 works`
      : 'Stripe'
  }
${strangePayments(stack)}${openDoors()}
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

/** A stack for everybody is one that everybody has. */
function openDoors(): string {
  if (isOnlyHere(settings.reach)) return '';
  return `
It listens on ${settings.reach.listen}. Its keys and the demo people's password are public knowledge: whoever reaches it
may do everything. In a container, publish its ports to 127.0.0.1 alone.
`;
}

/** What was paid at the fake Stripe is not at Stripe. */
function strangePayments({ paymentsUnknownToStripe: count }: Stack): string {
  if (count === 0) return '';
  return `
Stripe does not know ${count} ${
    count === 1 ? 'payment' : 'payments'
  } of this database: the fake Stripe took them. Their refunds, payouts and
comparisons will fail there. npm run reset starts over; or let this Stripe work with data of its own:
STAYBASE_DATA=... npm start
`;
}

/** The parts that found their usual port taken. */
function movedParts(ports: Ports, usual: Ports): string {
  const names: Partial<Record<keyof Ports, string>> = {
    postgres: 'Postgres',
    stripe: 'the fake Stripe',
    storefront: 'the storefront',
  };
  return (Object.entries(names) as [keyof Ports, string][])
    .filter(([part]) => ports[part] !== usual[part])
    .map(([part, name]) => `\nPort ${usual[part]} was taken: ${name} listens on ${ports[part]}.\n`)
    .join('');
}

/**
 * Prints each step with what it took. On a terminal its name is there while it runs; whatever else is
 * printed meanwhile comes before it.
 */
function stepPrinter() {
  let current: { what: string; since: number } | undefined;
  const isTerminal = process.stdout.isTTY;
  const clear = () => isTerminal && current !== undefined && process.stdout.write('\r\x1b[K');
  const show = () =>
    isTerminal && current !== undefined && process.stdout.write(`           ${current.what} ...`);
  const end = () => {
    if (current === undefined) return;
    clear();
    console.log(`  ${secondsSince(current.since).padStart(7)}  ${current.what}`);
    current = undefined;
  };
  return {
    begin(what: string) {
      end();
      current = { what, since: performance.now() };
      show();
    },
    end,
    print(line: string, log: (line: string) => void = console.log) {
      clear();
      log(line);
      show();
    },
  };
}

function secondsSince(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
