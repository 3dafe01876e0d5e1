import { Hono } from 'hono';
import { framedByOurs } from './loopback.ts';

/** A mail as a sender hands it in; `to` is one address. */
export interface Mail {
  /** Auth's mails have none here. */
  from?: string;
  to: string;
  subject: string;
  text?: string;
  html?: string;
}

export interface KeptMail extends Mail {
  sentAt: string;
}

/** Where every mail of a stack ends: kept in memory, newest last, never delivered to anyone. */
export interface Mailbox {
  send(mail: Mail): Promise<void>;
  all(): KeptMail[];
  to(address: string): KeptMail[];
}

const kept = 500;

/** A mailbox; `onMail` hears of each one. */
export function createMailbox(onMail: (mail: KeptMail) => void = () => {}): Mailbox {
  const mails: KeptMail[] = [];
  return {
    send(mail) {
      const arrived = { ...mail, sentAt: new Date().toISOString() };
      mails.push(arrived);
      mails.splice(0, Math.max(0, mails.length - kept));
      onMail(arrived);
      return Promise.resolve();
    },
    all: () => [...mails],
    to: (address) => mails.filter((mail) => mail.to.toLowerCase() === address.toLowerCase()),
  };
}

/**
 * The mailbox over HTTP: a page to read (`/mail`), JSON for programs (`/mail/v1/messages?to=`), and
 * the door through which edge functions send (`POST /mail/v1/send`).
 */
export function mailRoutes(mailbox: Mailbox): Hono {
  return new Hono()
    .get('/', (c) => c.html(page(mailbox.all().toReversed()), 200, framedByOurs))
    .get('/v1/messages', (c) => {
      const address = c.req.query('to');
      return c.json(address === undefined ? mailbox.all() : mailbox.to(address));
    })
    .post('/v1/send', async (c) => {
      const mail = await c.req.json<Partial<Mail>>().catch(() => ({} as Partial<Mail>));
      if (typeof mail.to !== 'string' || typeof mail.subject !== 'string') {
        return c.json({ error: 'A mail needs "to" and "subject".' }, 400);
      }
      await mailbox.send({ ...mail, to: mail.to, subject: mail.subject });
      return c.json({ sent: true });
    });
}

function page(mails: KeptMail[]): string {
  const letters = mails.map((mail) => `
    <article>
      <h2>${escape(mail.subject)}</h2>
      <p>${mail.from === undefined ? '' : `from ${escape(mail.from)} `}to ${escape(mail.to)}, ${
    escape(mail.sentAt)
  }</p>
      ${
    mail.html === undefined
      ? `<pre>${escape(mail.text ?? '')}</pre>`
      : `<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc="${
        escape(`<base target="_blank">${mail.html}`)
      }"></iframe>`
  }
    </article>`);
  return `<!doctype html>
<meta charset="utf-8">
<title>Mail sent by this stack</title>
<style>
  body { font: 16px/1.5 system-ui; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
  article { border-top: 1px solid #ccc; }
  iframe { width: 100%; height: 20rem; border: 1px solid #ccc; }
  pre { white-space: pre-wrap; }
</style>
<h1>Mail sent by this stack</h1>
<p><a href="/mail/preview">Every e-mail there is, in every language</a></p>
${letters.join('') || '<p>None yet.</p>'}`;
}

const escape = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
