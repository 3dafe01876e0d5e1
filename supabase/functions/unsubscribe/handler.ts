import type { Database } from '../_shared/database.ts';
import type { Handler } from '../_shared/http.ts';
import { Problem } from '../_shared/problem.ts';

/**
 * The link in a letter. A mail program POSTs to it and the letters of that kind end (RFC 8058); who
 * opens it in a browser finds a button, for scanners of mail open every link. Throws `invalid_token`.
 */
export function unsubscribe(ports: { database: Pick<Database, 'call'> }): Handler {
  return async (request, note) => {
    const token = new URL(request.url).searchParams.get('token') ?? '';
    if (request.method === 'GET') return page(button);
    await request.body?.cancel();
    if (token === '') throw new Problem('invalid_token');
    const kind = await ports.database.call('unsubscribe', { token });
    note({ kind });
    return page('<p>You have unsubscribed from these e-mails.</p>');
  };
}

/** Without an action the form goes to the address it came from, token and all. */
const button =
  '<form method="post"><p>Unsubscribe from these e-mails?</p><button>Unsubscribe</button></form>';

const page = (content: string) =>
  new Response(
    `<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>E-mail settings</title>\n<body>${content}</body>\n`,
    {
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'none'; form-action 'self'",
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      },
    },
  );
