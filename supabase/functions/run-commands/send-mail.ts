import { MailRefused } from '../_shared/mail.ts';
import { type CommandHandler, Impossible, required } from './command.ts';
import { letterAbout } from './letters.ts';

/** Writes to one side of a booking; somebody without an address (an imported host) gets nothing. */
export const sendMail: CommandHandler = async (command, { mail }) => {
  if (command.recipient === null) return;
  const letter = letterAbout(
    required(command.template, 'template'),
    required(command.facts, 'facts'),
    command.locale ?? 'en',
  );
  try {
    await mail({ ...letter, to: command.recipient, id: command.command_id });
  } catch (error) {
    if (error instanceof MailRefused) throw new Impossible(error.message);
    throw error;
  }
};
