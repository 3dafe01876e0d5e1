import type Stripe from 'stripe';
import type { Command } from '../_shared/answers.ts';
import type { Files } from '../_shared/files.ts';
import type { StripePorts } from '../_shared/ours.ts';
import type { Mail } from '../_shared/mail.ts';
import type { Network } from '../_shared/network.ts';
import { Impossible } from './impossible.ts';

export { Impossible };

export interface WorkerPorts extends StripePorts {
  /** Throws `secret_key_required`. */
  checkKey(request: Request): Promise<void>;
  mail: Mail;
  files: Files;
  /** Where webhooks are sent. */
  network: Network;
  /** Where letters of a kind are turned off, by a mail program and by people; the token is added. */
  unsubscribe: { oneClick: string; page: string };
  /** The frontend, ending in a slash, when letters are to lead there. */
  site: string | undefined;
}

/**
 * Carries out one command and has its result applied. Throws `Impossible` when it will never
 * succeed; after anything else it is tried again.
 */
export type CommandHandler = (command: Command, ports: WorkerPorts) => Promise<void>;

/** What the database promises for a kind; throws `Impossible` when it is missing after all. */
export function required<Value>(value: Value | null, name: string): Value {
  if (value === null) throw new Impossible(`the command has no ${name}`);
  return value;
}

/**
 * Stripe forgets an idempotency key after a day: from then on the same call would be a second one,
 * so the object is looked up first. Half an hour early, for the time a call takes and for clocks.
 */
export async function keyIsForgotten(command: Command, { database }: WorkerPorts) {
  const age = (await database.now()).getTime() - Date.parse(command.created_at);
  return age > 23.5 * 60 * 60 * 1000;
}

/**
 * A key for what an intent allows only once anyway. It differs by attempt: Stripe answers a key
 * again with the error it gave first, also when the intent has moved on.
 */
export const keyOfAttempt = (
  { idempotency_key: key, attempts }: Command,
): Stripe.RequestOptions => ({
  idempotencyKey: `${key}/${attempts}`,
});
