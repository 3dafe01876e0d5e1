import { MailRefused } from '../_shared/mail.ts';
import { type CommandHandler, Impossible, required } from './command.ts';
import { letterAbout } from './writing/letter.ts';

/**
 * Writes to one side of a booking or conversation. Somebody without an address (an imported host)
 * gets nothing, nor does who has read meanwhile what the letter was about.
 */
export const sendMail: CommandHandler = async (command, { mail, unsubscribe, site }) => {
  if (command.recipient === null || command.facts === null) return;
  const token = command.facts.unsubscribe_token;
  const link = (url: string) =>
    typeof token === 'string' ? `${url}?token=${encodeURIComponent(token)}` : undefined;
  const oneClick = link(unsubscribe.oneClick);
  const letter = letterAbout(
    required(command.template, 'template'),
    command.facts,
    command.locale ?? 'en',
    { site, unsubscribe: link(unsubscribe.page) },
  );
  try {
    await mail({
      ...letter,
      to: command.recipient,
      id: command.command_id,
      ...(oneClick === undefined ? {} : { unsubscribeUrl: oneClick }),
    });
  } catch (error) {
    if (error instanceof MailRefused) throw new Impossible(error.message);
    throw error;
  }
};
