import { serve } from '@hono/node-server';
import { type Context, Hono, type Next } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { randomUUID } from 'node:crypto';
import { Agent, type IncomingMessage, request, type Server } from 'node:http';
import { Readable } from 'node:stream';
import { graphiqlRoutes } from './graphiql/routes.ts';
import { keys, metricsToken, roleClaimed, roleToken, signAgain } from './keys.ts';
import { letterRoutes } from './letters.ts';
import { outsider } from './loopback.ts';
import { type Mailbox, mailRoutes } from './mail.ts';
import { listenOn, type Reach, thisMachine } from './reach.ts';
import type { Realtime } from './realtime/server.ts';
import { referenceRoutes } from './reference/routes.ts';
import { consoleSite, siteRoutes } from './sites.ts';

/** What stands behind the gateway. */
export interface Upstreams {
  /** PostgREST, and what tokens are signed with for it. */
  rest: { url: string; jwtSecret: string };
  /** Answers /auth/v1 and /storage/v1. */
  authAndStorage(request: Request): Promise<Response>;
  /** Where the edge functions listen, and what opens them; they may be started by the first call. */
  functions(): Promise<{ url: string; door: string }>;
  realtime: Realtime;
  mailbox: Mailbox;
  /** Name of each part and whether it works. */
  health(): Promise<Record<string, boolean>>;
}

export interface Gateway {
  /** By which the parts of the stack call it. */
  url: string;
  port: number;
  stop(): Promise<void>;
}

const exposedHeaders = [
  'content-range',
  'content-location',
  'location',
  'preference-applied',
  'etag',
  'x-request-id',
];
const hopByHop = ['connection', 'content-length', 'host', 'keep-alive', 'transfer-encoding'];

/**
 * One door for everything, with the paths of a hosted project. Rejects with an `Error` when the port
 * is taken; port 0 takes a free one.
 */
export async function startGateway(
  upstreams: Upstreams,
  port: number,
  reach: Reach = thisMachine,
): Promise<Gateway> {
  const refuseOutsiders = async (c: Context, next: Next): Promise<Response | void> => {
    const why = outsider((name) => c.req.header(name), reach.publicUrl);
    if (why !== undefined) return c.json({ message: why }, 403);
    await next();
  };
  const app = new Hono()
    // Functions answer for their own CORS, as on hosted: done here too, a function without it would
    // work on this machine and fail in production.
    .use(
      '/:part{rest|auth|storage}/*',
      cors({ origin: '*', exposeHeaders: [...exposedHeaders, 'staybase-written'], maxAge: 3600 }),
    )
    .use(nameRequest)
    .use(limitBody)
    .use('/:page{mail|graphiql|console|docs}/*', refuseOutsiders)
    .use(async (c, next) => isForServers(c) ? await refuseOutsiders(c, next) : await next())
    .use('/:part{rest|auth|storage}/*', refuseWithoutKey)
    .all('/rest/v1/*', (c) => rest(c, upstreams))
    .post('/auth/v1/verify', (c) => verify(c.req.raw, upstreams))
    .all('/auth/v1/*', (c) => upstreams.authAndStorage(c.req.raw))
    .post('/storage/v1/object/sign/:bucket', (c) => signedUrls(c.req.raw, upstreams))
    .post('/storage/v1/object/sign/:bucket/*', (c) => signedUrl(c.req.raw, upstreams))
    .all(
      '/storage/v1/*',
      async (c) => asItIs(await upstreams.authAndStorage(await unwrapped(c.req.raw))),
    )
    .all('/functions/v1/*', (c) => functions(c, upstreams))
    .all(
      '/realtime/v1/*',
      (c) => c.json({ message: 'The embedded stack has Realtime by websocket alone.' }, 501),
    )
    .get('/:page{mail|graphiql}/', (c) => c.redirect(`/${c.req.param('page')}`))
    .get('/mail/preview/', (c) => c.redirect('/mail/preview'))
    .route('/mail/preview', letterRoutes())
    .route('/mail', mailRoutes(upstreams.mailbox))
    .route('/graphiql', graphiqlRoutes())
    .route('/docs', referenceRoutes(reach))
    .route('/console', siteRoutes(consoleSite, () => ({ key: keys.publishable })))
    .get('/health', async (c) => {
      const health = await upstreams.health();
      return c.json(health, Object.values(health).every(Boolean) ? 200 : 503);
    })
    .get('/', (c) => c.text(greeting))
    .onError((error, c) => {
      // A body without a length, which is counted while it is read.
      if (error.name === 'BodyLimitError') return tooLarge(c);
      console.error(`${c.req.method} ${c.req.path} (${requestIdOf(c)}): ${saidBy(error)}`);
      return c.json({ message: 'The stack could not answer; its output says why.' }, 502);
    });

  const listening = await listenOn(
    reach,
    port,
    (hostname, port) =>
      new Promise<Server>((resolve, reject) => {
        const serverOptions = { shouldUpgradeCallback: isForWebsocket };
        const server = serve({ fetch: app.fetch, hostname, port, serverOptions }, () =>
          resolve(server)) as Server;
        server.on('upgrade', upstreams.realtime.upgrade);
        server.once('error', reject);
      }),
  );
  return {
    url: `http://127.0.0.1:${listening.port}`,
    port: listening.port,
    async stop() {
      // A server is not closed before the last of its websockets is.
      await upstreams.realtime.stop();
      await listening.close();
    },
  };
}

/** Java's client asks each server for HTTP/2 that way: such a request is answered like any other. */
const isForWebsocket = ({ headers }: IncomingMessage) =>
  headers.upgrade?.toLowerCase() === 'websocket';

const greeting =
  'This is Staybase. Its API is below /rest/v1, described at /docs; its graph is at ' +
  '/graphiql, sent mail at /mail.\n';

const largestBody = 50 * 1024 * 1024;

const tooLarge = (c: Context): Response =>
  c.json({ code: 'body_too_large', message: `At most ${largestBody} bytes.` }, 413, {
    'access-control-allow-origin': '*',
    // The rest of the body is not read, so nothing else can follow on this connection.
    connection: 'close',
  });

const countBody = bodyLimit({ maxSize: largestBody, onError: tooLarge });

/** A body that says its length is judged by that, and one that does not is counted while it is read. */
async function limitBody(c: Context, next: Next): Promise<Response | void> {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return await next();
  const length = c.req.header('content-length');
  if (length === undefined || c.req.header('transfer-encoding') !== undefined) {
    return await countBody(c, next);
  }
  return Number(length) > largestBody ? tooLarge(c) : await next();
}

/** Whether a request has rights that no person has: the secret key's, the metrics', or those of a token like them. */
function isForServers(c: Context): boolean {
  const shown = [c.req.header('apikey'), c.req.query('apikey'), bearerOf(c.req.raw)];
  return shown.some((key) =>
    key !== undefined &&
    (key === keys.secret || key === metricsToken ||
      !['anon', 'authenticated', undefined].includes(roleClaimed(key)))
  );
}

/** What a browser opens without a key: links in mails, public and signed files. */
const open = [
  /^\/auth\/v1\/(verify|callback|authorize)$/,
  /^\/auth\/v1\/\.well-known\//,
  /^\/storage\/v1\/(object|render\/image)\/(info\/)?(public|sign)\//,
];

async function refuseWithoutKey(c: Context, next: Next): Promise<Response | void> {
  const isOpen = ['GET', 'HEAD'].includes(c.req.method) &&
    open.some((path) => path.test(c.req.path));
  if (isOpen || roleOf(c) !== undefined) return await next();
  return keyOf(c) === undefined
    ? c.json({
      message: 'No API key found in request',
      hint: 'No `apikey` request header or url param was found.',
    }, 401)
    : c.json({ message: 'Invalid API key' }, 401);
}

const keyOf = (c: Context): string | undefined =>
  c.req.header('apikey') ?? c.req.query('apikey') ?? bearerOf(c.req.raw);

function roleOf(c: Context): 'anon' | 'service_role' | undefined {
  const key = keyOf(c);
  return key === keys.publishable ? 'anon' : key === keys.secret ? 'service_role' : undefined;
}

/** Turns the key into the role it stands for; a person's own token goes through as it is. */
async function rest(c: Context, { rest }: Upstreams): Promise<Response> {
  const url = new URL(c.req.url);
  const bearer = bearerOf(c.req.raw);
  const token = bearer === undefined || bearer.startsWith('sb_')
    ? roleToken(roleOf(c) ?? 'anon', rest.jwtSecret)
    : signAgain(bearer, rest.jwtSecret);
  url.searchParams.delete('apikey');
  return await forward(
    c,
    `${rest.url}${url.pathname.slice('/rest/v1'.length)}${url.search}`,
    {
      authorization: `Bearer ${token}`,
    },
  );
}

async function functions(c: Context, upstreams: Upstreams): Promise<Response> {
  const url = new URL(c.req.url);
  const functions = await upstreams.functions();
  return await forward(
    c,
    `${functions.url}${url.pathname.slice('/functions/v1'.length)}${url.search}`,
    { 'x-staybase-door': functions.door },
  );
}

/** One id for all that a request leads to: in the answer, the functions' log and the database's. */
async function nameRequest(c: Context, next: Next): Promise<void> {
  const id = requestIdOf(c) ?? randomUUID();
  if (requestIdOf(c) !== id) c.req.raw.headers.set('x-request-id', id);
  await next();
  c.res.headers.set('x-request-id', id);
}

/** The id that came along, if it is one (see supabase/functions/_shared/trace.ts). */
const requestIdOf = (c: Context): string | undefined =>
  /^[\w.-]{1,50}$/.exec(c.req.raw.headers.get('x-request-id') ?? '')?.[0];

function bearerOf(request: Request): string | undefined {
  return /^bearer\s+(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
}

async function forward(
  c: Context,
  url: string,
  replaced: Record<string, string> = {},
): Promise<Response> {
  const headers: Record<string, string> = {};
  const { raw } = c.req;
  for (const [name, value] of raw.headers) {
    if (!hopByHop.includes(name) && name !== 'accept-encoding') headers[name] = value;
  }
  Object.assign(headers, replaced);
  const { method } = raw;
  const isRead = method === 'GET' || method === 'HEAD';
  const body = isRead ? undefined : await bodyOf(c);
  if (body !== undefined) headers['content-length'] = String(body.length);
  // A part that is just closing an idle connection answers nothing on it. What only reads is asked again;
  // anything else may have happened.
  return await ask(url, method, headers, body).catch((error) => {
    if (!isRead) throw error;
    return ask(url, method, headers, body);
  });
}

/** A body of a known length is read as it comes: by way of a Request it took as long as all else here. */
async function bodyOf(c: Context): Promise<Buffer> {
  const incoming: IncomingMessage | undefined = c.env?.incoming;
  if (incoming === undefined || c.req.header('content-length') === undefined) {
    return Buffer.from(await c.req.raw.arrayBuffer());
  }
  return Buffer.concat(await incoming.toArray());
}

// Shorter than any part keeps an idle connection.
const agent = new Agent({ keepAlive: true, timeout: 4_000 });

/** HTTP by Node's own client: with the `fetch` of Node a request took half as much again (measured). */
function ask(
  url: string,
  method: string,
  headers: Record<string, string>,
  body: Buffer | undefined,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { method, headers, agent }, (answer) => {
      const answered = new Headers();
      for (let at = 0; at < answer.rawHeaders.length; at += 2) {
        const [name = '', value = ''] = answer.rawHeaders.slice(at, at + 2);
        if (![...hopByHop, 'content-encoding'].includes(name.toLowerCase())) {
          answered.append(name, value);
        }
      }
      const status = answer.statusCode ?? 502;
      const isEmpty = method === 'HEAD' || [204, 205, 304].includes(status);
      if (answer.headers['content-type']?.startsWith('text/event-stream')) {
        const stream = Readable.toWeb(answer) as ReadableStream<Uint8Array>;
        return resolve(new Response(stream, { status, headers: answered }));
      }
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve(
          new Response(isEmpty ? null : Buffer.concat(chunks), { status, headers: answered }),
        ));
    });
    asking.on('error', (cause) => reject(new Error('fetch failed', { cause })));
    asking.end(body);
  });
}

/** Of a fetch that failed, its message says only that; why stands in its cause. */
function saidBy({ message, cause }: Error): string {
  if (!(cause instanceof Error)) return message;
  const { code } = cause as Error & { code?: string };
  return [message, code, cause.message].filter(Boolean).join(': ');
}

/** supabase-js sends a Blob or File as a form; Lite wants the bare file. */
async function unwrapped(request: Request): Promise<Request> {
  const isForm = request.headers.get('content-type')?.startsWith('multipart/form-data');
  if (!isForm) return request;

  const form = await request.formData();
  const file = [...form.values()].find((value) => typeof value !== 'string');
  if (file === undefined) return new Request(request.url, { method: request.method });
  const headers = new Headers(request.headers);
  headers.delete('content-length');
  headers.set('content-type', file.type || 'application/octet-stream');
  headers.set('cache-control', `max-age=${form.get('cacheControl') ?? 3600}`);
  return new Request(request.url, {
    method: request.method,
    headers,
    body: await file.arrayBuffer(),
  });
}

/** What people upload is what its type says, whatever a browser makes of its bytes. */
function asItIs(answer: Response): Response {
  const headers = new Headers(answer.headers);
  headers.set('x-content-type-options', 'nosniff');
  return new Response(answer.body, { status: answer.status, headers });
}

/** Lite says `signedUrl: /storage/v1/...` where the client expects `signedURL: /...`. */
async function signedUrl(request: Request, { authAndStorage }: Upstreams): Promise<Response> {
  const answer = await authAndStorage(request);
  if (!answer.ok) return answer;
  const { signedUrl } = await answer.json() as { signedUrl: string };
  return Response.json({ signedURL: signedUrl.replace(/^\/storage\/v1/, '') });
}

/** Several at once Lite takes for one without a name, so it is asked for each. */
async function signedUrls(request: Request, upstreams: Upstreams): Promise<Response> {
  const asked = await request.json().catch(() => undefined) as
    | { paths?: unknown; expiresIn?: unknown }
    | undefined;
  if (!Array.isArray(asked?.paths)) {
    return Response.json({ message: 'paths: required' }, { status: 400 });
  }
  const answers = await Promise.all(asked.paths.map(async (path) => {
    const url = new URL(request.url);
    url.pathname += `/${path}`;
    const answer = await signedUrl(
      new Request(url, {
        method: 'POST',
        headers: withoutLength(request.headers),
        body: JSON.stringify({ expiresIn: asked.expiresIn }),
      }),
      upstreams,
    );
    const { signedURL = null, message = null } = await answer.json() as Record<string, string>;
    return { path, error: message, signedURL };
  }));
  return Response.json(answers);
}

/** Codes from a mail are verified with type "email"; Lite knows only the two it may stand for. */
async function verify(request: Request, { authAndStorage }: Upstreams): Promise<Response> {
  const sent = await request.text();
  const ask = (body: string) =>
    authAndStorage(
      new Request(request.url, { method: 'POST', headers: withoutLength(request.headers), body }),
    );
  let asked: unknown;
  try {
    asked = JSON.parse(sent);
  } catch {
    return await ask(sent);
  }
  if (typeof asked !== 'object' || asked === null || !('type' in asked) || asked.type !== 'email') {
    return await ask(sent);
  }
  const first = await ask(JSON.stringify({ ...asked, type: 'signup' }));
  return first.ok ? first : await ask(JSON.stringify({ ...asked, type: 'magiclink' }));
}

function withoutLength(headers: Headers): Headers {
  const copy = new Headers(headers);
  copy.delete('content-length');
  return copy;
}
