import type { Command, CommandKind, StripeCheck } from '../_shared/answers.ts';
import type { Handler } from '../_shared/http.ts';
import { uuidOrNull } from '../_shared/ids.ts';
import { causeOf, log } from '../_shared/log.ts';
import type { Rows } from '../_shared/rows.ts';
import { cancelIntent } from './cancel-intent.ts';
import { cancelSetup } from './cancel-setup.ts';
import { capture } from './capture.ts';
import { charge } from './charge.ts';
import { type CommandHandler, Impossible, type WorkerPorts } from './command.ts';
import { createIntent } from './create-intent.ts';
import { createSetup } from './create-setup.ts';
import { deleteCustomer } from './delete-customer.ts';
import { deliverWebhook } from './deliver-webhook.ts';
import { reconcile } from './reconcile.ts';
import { refund } from './refund.ts';
import { removeFiles } from './remove-files.ts';
import { reverseTransfer } from './reverse-transfer.ts';
import { sendMail } from './send-mail.ts';
import { applyStoredEvents } from './stored-events.ts';
import { checkers } from './stripe-checks.ts';
import { transfer } from './transfer.ts';
import type { CommandsAnswer } from './contract.ts';

/** What the database may order, and who carries it out. */
const handlers: Record<CommandKind, CommandHandler> = {
  create_intent: createIntent,
  create_setup: createSetup,
  capture,
  charge,
  cancel_intent: cancelIntent,
  cancel_setup: cancelSetup,
  refund,
  transfer,
  reverse_transfer: reverseTransfer,
  reconcile,
  delete_customer: deleteCustomer,
  remove_evidence: removeFiles,
  remove_photos: removeFiles,
  remove_pictures: removeFiles,
  remove_unused: removeFiles,
  send_mail: sendMail,
  deliver_webhook: deliverWebhook,
};

const batch = 10;
const budget = 20_000;
/**
 * A call may compute for two seconds and is ended then, whatever is on its way; who waits for Stripe does
 * not compute. An order takes up to 4 ms (measured: a reconciliation 3.8, a mail 1), a check 3. What is
 * left the next call takes up.
 */
const most = { commands: 100, checks: 50 };

/**
 * Carries out what is due in the outbox, 100 orders and about 20 s at most, applies events that are still to be
 * applied and checks at Stripe what is due. Several at once are safe: each command, event and check is
 * claimed by one. Answers `{done, retried, failed}`; throws `secret_key_required`, and
 * `try_again` when the database does not answer.
 */
export function runCommands(ports: WorkerPorts): Handler {
  return async (request, note) => {
    await ports.checkKey(request);
    await request.body?.cancel();
    const until = Date.now() + budget;
    const total: CommandsAnswer = { done: 0, retried: 0, failed: 0 };
    for (let taken = 0; taken < most.commands && Date.now() < until; taken += batch) {
      const { read, unread } = await ports.database.claim('claim_commands', batch);
      if (read.length + unread.length === 0) break;
      for (
        const ended of await Promise.all([
          ...read.map((command) => run(command, ports)),
          ...unread.map((command) => putOff(command, ports)),
        ])
      ) total[ended] += 1;
    }
    const events = await applyStoredEvents(ports);
    const looked = await runChecks(ports, until);
    note({ ...total, events, looked });
    return Response.json(total);
  };
}

/** Reads again at Stripe what is due; resolves to how many checks there were. */
async function runChecks(ports: WorkerPorts, until: number): Promise<number> {
  let done = 0;
  while (done < most.checks && Date.now() < until) {
    const { read, unread } = await ports.database.claim('claim_stripe_checks', batch);
    if (read.length + unread.length === 0) break;
    await Promise.all(read.map((check) => runCheck(check, ports)));
    await Promise.all(
      unread.map(({ row, problem }) =>
        putOffCheck({ kind: String(row.kind), subject: String(row.subject) }, problem, ports)
      ),
    );
    done += read.length;
  }
  return done;
}

async function runCheck(check: StripeCheck, ports: WorkerPorts): Promise<void> {
  try {
    await checkers[check.kind](check, ports);
    await ports.database.call('finish_stripe_check', {
      kind: check.kind,
      subject: check.subject,
    });
  } catch (error) {
    await putOffCheck(check, causeOf(error), ports);
  }
}

/** Has a check made again later. */
async function putOffCheck(
  { kind, subject }: { kind: string; subject: string },
  problem: string,
  { database }: WorkerPorts,
): Promise<void> {
  log({ look: kind, subject, problem }, 'warn');
  // One that cannot be read may be of a kind that is not known here.
  const check = { kind: kind as StripeCheck['kind'], subject };
  await database.call('fail_stripe_check', { ...check, problem }).catch((away) => {
    log({ look: kind, subject, unreported: causeOf(away) }, 'warn');
  });
}

async function run(command: Command, ports: WorkerPorts): Promise<keyof CommandsAnswer> {
  const { command_id: id, kind, attempts } = command;
  try {
    if (typeof command.problem === 'string') throw new Error(command.problem);
    await handlers[kind](command, ports);
    await ports.database.call('finish_command', { command_id: id });
    return 'done';
  } catch (error) {
    const retry = !(error instanceof Impossible);
    const problem = causeOf(error);
    log({
      command: id,
      kind,
      attempts,
      booking_id: command.booking_id ?? undefined,
      retry,
      problem,
    }, 'warn');
    await report(id, problem, retry, ports);
    return retry ? 'retried' : 'failed';
  }
}

/**
 * Puts off a command that cannot be read: this worker may be older than the database. The claim of one
 * without an id runs out.
 */
async function putOff(
  { row, problem }: Rows<Command>['unread'][number],
  ports: WorkerPorts,
): Promise<keyof CommandsAnswer> {
  const id = uuidOrNull(row.command_id);
  log({ command: id ?? undefined, kind: String(row.kind), retry: true, problem }, 'warn');
  if (id !== null) await report(id, problem, true, ports);
  return 'retried';
}

/** When even this is not taken, the claim runs out and the command comes again. */
async function report(id: string, problem: string, retry: boolean, ports: WorkerPorts) {
  await ports.database.call('fail_command', { command_id: id, problem, retry }).catch((away) => {
    log({ command: id, unreported: causeOf(away) }, 'warn');
  });
}
