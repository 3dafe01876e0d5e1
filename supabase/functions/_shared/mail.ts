import { optionalSetting, setting } from './environment.ts';
import { log } from './log.ts';

export interface Letter {
  /** One address. */
  to: string;
  subject: string;
  text: string;
  html: string;
  /** Turns letters of this kind off with one POST (RFC 8058); none for what cannot be turned off. */
  unsubscribeUrl?: string;
  /** The same for every attempt to send this letter, so that a mail server may drop a second copy. */
  id: string;
}

/** Sends a letter; throws `MailRefused` for one that will never be taken, else anything. */
export type Mail = (letter: Letter) => Promise<void>;

/** The mail server said no for good: no such mailbox, no such domain. */
export class MailRefused extends Error {
  override name = 'MailRefused';
}

/**
 * By SMTP when SMTP_URL is set (such as `smtps://user:password@host:465`), else as JSON to
 * MAIL_SINK_URL, else a line in the log; in production that is refused, for nobody would get the letter and its
 * command would be done. SMTP needs MAIL_FROM.
 */
export function openMail(): Mail {
  const smtp = optionalSetting('SMTP_URL');
  const sink = optionalSetting('MAIL_SINK_URL');
  if (smtp !== undefined) return bySmtp(smtp);
  if (sink !== undefined) return toSink(sink);
  // Asked with each letter, so that a missing setting holds up mail and not money.
  return ({ id }) =>
    new Promise((done) => {
      if (optionalSetting('STAYBASE_ENVIRONMENT') === 'production') setting('SMTP_URL');
      // Without its subject, which may name people.
      log({ mail: id });
      done();
    });
}

function bySmtp(url: string): Mail {
  // Loaded with the first letter: most calls of a function send none.
  const transport = async () => (await import('nodemailer')).default.createTransport(url);
  let opened: ReturnType<typeof transport> | undefined;
  return async ({ to, subject, text, html, id, unsubscribeUrl }) => {
    // Asked for here, so that a missing sender holds up mail and not money.
    const from = setting('MAIL_FROM');
    const server = await (opened ??= transport());
    try {
      await server.sendMail({
        from,
        // As an object: in a string a comma would make two recipients.
        to: { name: '', address: to },
        subject,
        text,
        html,
        messageId: `<${id}@staybase>`,
        ...(unsubscribeUrl === undefined ? {} : {
          headers: {
            'List-Unsubscribe': `<${unsubscribeUrl}>`,
            'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          },
        }),
        disableFileAccess: true,
        disableUrlAccess: true,
      });
    } catch (error) {
      const { responseCode, code } = error as { responseCode?: number; code?: string };
      const reason = `mail ${code ?? 'failed'} ${responseCode ?? ''}`.trim();
      if (responseCode !== undefined && responseCode >= 550 && responseCode <= 553) {
        throw new MailRefused(reason);
      }
      throw new Error(reason);
    }
  };
}

function toSink(url: string): Mail {
  const from = optionalSetting('MAIL_FROM') ?? 'Staybase <no-reply@localhost>';
  return async (letter) => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ from, ...letter }),
      signal: AbortSignal.timeout(10_000),
    });
    await answer.body?.cancel();
    if (!answer.ok) throw new Error(`mail sink ${answer.status}`);
  };
}
