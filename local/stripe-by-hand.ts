/**
 * The hand on the fake Stripe of the running stack, from a shell.
 *
 *   npm run stripe                                     what there is
 *   npm run stripe -- disputes                         one table; also objects/pi_..., requests, balance
 *   npm run stripe -- open-dispute payment_intent=pi_...
 *   npm run stripe -- refund payment_intent=pi_... amount=5000
 *
 * local/stripe/README.md lists the deeds.
 */
import { readCommandLine } from './command-line.ts';
import { runningPorts, settingsOrEnd } from './settings.ts';

const tables = ['payment_intents', 'refunds', 'disputes', 'transfers', 'accounts'];
const usage = `Shows and changes what the fake Stripe of the running stack has.

  npm run stripe                                    everything
  npm run stripe -- disputes                        one table; also objects/pi_..., requests, balance
  npm run stripe -- open-dispute payment_intent=pi_...
  npm run stripe -- refund payment_intent=pi_... amount=5000

local/stripe/README.md lists all of them.`;

const { positionals: [what, ...given] } = readCommandLine(usage, { allowPositionals: true });
const settings = settingsOrEnd();
const fake = `http://127.0.0.1:${runningPorts(settings).stripe}/_fake`;

/** What the fake answers; throws its own words when it refuses. */
async function ask(path: string, fields?: Record<string, string>): Promise<unknown> {
  const answer = await fetch(`${fake}/${path}`, {
    ...(fields === undefined ? {} : { method: 'POST', body: JSON.stringify(fields) }),
  }).catch(() => {
    throw new Error('The fake Stripe does not run. Start the stack with npm start.');
  });
  const body = await answer.json() as { error?: { message?: string } };
  if (!answer.ok) throw new Error(body.error?.message ?? `It answered ${answer.status}.`);
  return body;
}

interface Row {
  id: string;
  amount?: number;
  currency?: string;
  status?: string;
  metadata?: { booking_id?: string };
}

/** An object of the fake as one line. */
const line = ({ id, amount, currency, status, metadata }: Row) =>
  ['  ' + id, amount === undefined ? '' : `${amount} ${currency}`, status, metadata?.booking_id]
    .filter(Boolean).join('  ');

/** `name=value` as given; throws at anything else. */
const fieldsOf = (words: string[]) =>
  Object.fromEntries(words.map((word) => {
    const [name, ...value] = word.split('=');
    if (!name || value.length === 0) throw new Error(`Say name=value, not "${word}".`);
    return [name, value.join('=')];
  }));

try {
  if (what === undefined) {
    for (const table of tables) {
      const rows = await ask(table) as Row[];
      console.log([table, ...rows.slice(-20).map(line)].join('\n'));
    }
    console.log(
      `\nWith buttons: ${
        settings.reach.stripeUrl === undefined ? fake : `${settings.reach.stripeUrl}/_fake`
      }`,
    );
  } else {
    const isDeed = what.includes('-') || given.length > 0 ||
      ['pay', 'authenticate', 'tick', 'reset', 'pause', 'resume'].includes(what);
    console.log(JSON.stringify(await ask(what, isDeed ? fieldsOf(given) : undefined), null, 2));
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
