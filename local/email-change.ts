import { createHash, randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { Mailbox } from './mail.ts';
import { inProject } from './paths.ts';

/**
 * A changed address is confirmed at both, as hosted Auth does with `double_confirm_changes`. Lite 0.10.0
 * writes to the old address alone, and its link changes the address at once: whoever has a session that
 * was left open and the mailbox beside it, or mistypes, would move an account to an address that nobody
 * proved. So Lite is asked to finish when the second of the two is confirmed.
 */
export interface EmailChange {
  /** Answers a request to Auth, by Lite where it is about something else. */
  answer(request: Request, lite: (request: Request) => Promise<Response>): Promise<Response>;
  stop(): Promise<void>;
}

interface Options {
  /** Connection string of `supabase_lite`. */
  databaseUrl: string;
  siteUrl: string;
  mailbox: Mailbox;
}

export function confirmsBoth({ databaseUrl, siteUrl, mailbox }: Options): EmailChange {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  // Its database may be replaced while it idles.
  pool.on('error', () => {});

  /** Writes to the new address too. */
  const askNewAddress = async (userId: string) => {
    const token = String(randomInt(1_000_000)).padStart(6, '0');
    const { rows: [change] } = await pool.query<{ email: string; email_change: string }>(
      `select email, email_change from auth.users
       where id = $1 and email_change <> '' and email_change_token_current <> ''`,
      [userId],
    );
    if (change === undefined) return;
    const hash = hashOf(change.email_change, token);
    await pool.query(
      'update auth.users set email_change_token_new = $2, email_change_confirm_status = 0 where id = $1',
      [userId, hash],
    );
    await mailbox.send({
      to: change.email_change,
      subject: 'Confirm your new address',
      html: filled('email-change', {
        SiteURL: siteUrl,
        TokenHash: hash,
        Token: token,
        Email: change.email,
        NewEmail: change.email_change,
      }),
    });
  };

  /** True when this was the first of the two; after the second Lite finishes. */
  const isFirst = async (hash: string): Promise<boolean> => {
    const { rows: [first] } = await pool.query(
      `update auth.users
       set email_change_confirm_status = 1,
         email_change_token_new = case when email_change_token_new = $1 then '' else email_change_token_new end,
         email_change_token_current = case when email_change_token_current = $1 then '' else email_change_token_current end
       where $1 in (email_change_token_new, email_change_token_current)
         and coalesce(email_change_confirm_status, 0) = 0 and email_change_sent_at > now() - interval '1 hour'
       returning id`,
      [hash],
    );
    if (first !== undefined) return true;
    // Lite knows only this one.
    await pool.query(
      `update auth.users set email_change_token_current = $1
       where email_change_token_new = $1 and email_change_confirm_status = 1`,
      [hash],
    );
    return false;
  };

  return {
    async answer(request, lite) {
      const { pathname } = new URL(request.url);
      const body = await bodyOf(request.clone());
      if (request.method === 'PUT' && pathname.endsWith('/auth/v1/user') && body.email) {
        const answer = await lite(request);
        if (answer.ok) await askNewAddress((await answer.clone().json() as { id: string }).id);
        return answer;
      }
      if (
        request.method === 'POST' && pathname.endsWith('/auth/v1/verify') &&
        body.type === 'email_change'
      ) {
        const hash = body.token_hash ?? hashOf(body.email ?? '', body.token ?? '');
        if (await isFirst(hash)) {
          return Response.json({
            msg:
              'Confirmation link accepted. Please proceed to confirm link sent to the other email',
          });
        }
      }
      return await lite(request);
    },
    stop: () => pool.end(),
  };
}

const hashOf = (email: string, token: string) =>
  createHash('sha256').update(email.toLowerCase() + token).digest('hex');

/** A template of supabase/templates with its variables, as Auth fills it. */
function filled(name: string, values: Record<string, string>): string {
  return readFileSync(inProject('supabase', 'templates', `${name}.html`), 'utf8')
    .replace(/\{\{\s*\.(\w+)\s*\}\}/g, (whole, variable) => values[variable] ?? whole);
}

async function bodyOf(request: Request): Promise<Record<string, string>> {
  try {
    const body = await request.json();
    return Object.fromEntries(
      Object.entries(body ?? {}).filter((entry): entry is [string, string] =>
        typeof entry[1] === 'string'
      ),
    );
  } catch {
    return {};
  }
}
