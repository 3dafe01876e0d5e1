import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { outsider } from '../loopback.ts';
import { listenOn, type Reach, thisMachine } from '../reach.ts';
import { answerControl } from './control-http.ts';
import { Control } from './control.ts';
import { doDue } from './due.ts';
import { Faults } from './faults.ts';
import { Api, type ApiAnswer, type ApiRequest } from './http/api.ts';
import { publishableKeyOf } from './http/keys.ts';
import { Moment } from './moment.ts';
import { RequestLog } from './request-log.ts';
import { routes } from './resources/routes.ts';
import { defaultSettings } from './settings.ts';
import { State } from './state.ts';
import { type WebhookEndpoint, Webhooks } from './webhooks.ts';

export type { Control } from './control.ts';
export type { WebhookEndpoint } from './webhooks.ts';

export interface FakeStripeOptions {
  /** 0 takes any free one. */
  port: number;
  /** The one secret key it knows, such as `sk_test_staybase`; `pk_test_staybase` goes with it. */
  secretKey: string;
  webhooks: WebhookEndpoint[];
  /** Staybase's clock: every timestamp comes from it. */
  now: () => Promise<Date>;
  /** From where it is reached; this machine alone when absent. */
  reach?: Reach;
  /** Where its objects are kept from one start to the next; only in memory when absent. */
  dataFile?: string;
}

export interface FakeStripe {
  /** Such as `http://127.0.0.1:12111`: where the SDK finds it on this machine. */
  url: string;
  /** How people reach its pages. */
  publicUrl: string;
  port: number;
  publishableKey: string;
  control: Control;
  /** The same response as over HTTP, for a client in the same process. */
  answer(request: ApiRequest): Promise<ApiAnswer>;
  stop(): Promise<void>;
}

const largestBody = 1_000_000;
const tickMs = 1_000;

/**
 * Starts a Stripe to test against. The SDK reaches it by
 * `new Stripe(key, { host: '127.0.0.1', port, protocol: 'http' })`.
 * @throws when the port is taken
 */
export async function startFakeStripe(options: FakeStripeOptions): Promise<FakeStripe> {
  const { reach = thisMachine } = options;
  const state = new State(options.dataFile);
  const settings = defaultSettings();
  const faults = new Faults();
  const log = new RequestLog();
  const webhooks = new Webhooks(options.webhooks, state, settings);
  const clock = async () => Math.floor((await options.now()).getTime() / 1000);
  const catchUp = (now: number) => {
    const moment = new Moment(state, settings, now);
    doDue(moment);
    if (moment.raised.length === 0) return;
    state.changed();
    webhooks.release(moment.raised);
  };
  const { secretKey } = options;
  const api = new Api({
    state,
    settings,
    faults,
    log,
    webhooks,
    routes,
    secretKey,
    clock,
    catchUp,
  });
  const control = new Control({ state, settings, faults, log, webhooks, clock, catchUp });

  const answer = (request: IncomingMessage, response: ServerResponse) => {
    serve(request, response).catch((error) => {
      console.error('fake Stripe:', error);
      if (!response.headersSent) send(response, unexpected(error));
    });
  };
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    response.setHeader('access-control-allow-origin', '*');
    if (request.method === 'OPTIONS') {
      response.setHeader(
        'access-control-allow-headers',
        request.headers['access-control-request-headers'] ?? '*',
      );
      response.setHeader('access-control-allow-methods', 'GET, POST, DELETE');
      response.writeHead(204).end();
      return;
    }
    const body = await readBody(request);
    if (body === undefined) {
      send(response, tooLarge);
      return;
    }
    const { method = 'GET' } = request;
    const why = isForBrowsers(request, url, body)
      ? undefined
      : outsider(headerOf(request), reach.stripeUrl);
    if (why !== undefined) {
      send(response, { kind: 'answer', status: 403, headers: {}, body: invalid(why) });
      return;
    }
    if (url.pathname === '/_fake' || url.pathname.startsWith('/_fake/')) {
      await answerControl(control, { method, url, body }, response);
      return;
    }
    send(
      response,
      await api.answer({
        method,
        path: url.pathname,
        query: url.search.slice(1),
        headers: request.headers,
        body,
      }),
    );
  };
  const { port, close } = await listenOn(
    reach,
    options.port,
    (hostname, port) =>
      new Promise((resolve, reject) => {
        const server = createServer(answer);
        server.once('error', reject);
        server.listen(port, hostname, () => resolve(server));
      }),
  );
  const url = `http://127.0.0.1:${port}`;
  settings.publicUrl = reach.stripeUrl ?? url;

  let ticking = false;
  const timer = setInterval(() => {
    if (ticking) return;
    ticking = true;
    // The clock lives in a database, which may be away for a while: the next tick tries again.
    control.tick().catch(() => {}).finally(() => ticking = false);
  }, tickMs);
  timer.unref();

  return {
    url,
    publicUrl: settings.publicUrl,
    port,
    publishableKey: publishableKeyOf(secretKey),
    control,
    answer: (request) => api.answer(request),
    async stop() {
      clearInterval(timer);
      await close();
      await webhooks.stop();
      state.save();
    },
  };
}

// Nothing was kept: most often the clock, which lives in a database, could not be read.
function unexpected(error: unknown): ApiAnswer {
  const message = `The fake Stripe failed: ${error instanceof Error ? error.message : error}`;
  return {
    kind: 'answer',
    status: 500,
    headers: { 'stripe-should-retry': 'true' },
    body: { error: { type: 'api_error', message } },
  };
}

function send(response: ServerResponse, answer: ApiAnswer): void {
  // A request that hangs stays open until its client gives up.
  if (answer.kind === 'hang') return;
  if (answer.kind === 'reset') {
    response.socket?.destroy();
    return;
  }
  response.writeHead(answer.status, {
    'content-type': 'application/json',
    'access-control-expose-headers': 'Request-Id, Stripe-Version',
    ...answer.headers,
  });
  response.end(JSON.stringify(answer.body, null, 2));
}

const invalid = (message: string) => ({ error: { type: 'invalid_request_error', message } });

const tooLarge: ApiAnswer = {
  kind: 'answer',
  status: 413,
  headers: {},
  body: invalid('The request body has more than a megabyte.'),
};

const headerOf = ({ headers }: IncomingMessage) => (name: string) => headers[name]?.toString();

/** What a page of any site may do, as at Stripe: whatever the publishable key opens. */
function isForBrowsers(request: IncomingMessage, url: URL, body: string): boolean {
  if (url.pathname === '/_fake' || url.pathname.startsWith('/_fake/')) return false;
  const isPublishable = (key: string | null | undefined) => key?.startsWith('pk_') === true;
  const shown = headerOf(request)('authorization');
  return shown === undefined
    ? isPublishable(url.searchParams.get('key')) ||
      isPublishable(new URLSearchParams(body).get('key'))
    : isPublishable(/^Bearer (\S+)$/i.exec(shown)?.[1]);
}

/** The body; undefined when it is too large. The rest is read all the same, so that its sender hears so. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= largestBody) chunks.push(chunk);
  }
  return size > largestBody ? undefined : Buffer.concat(chunks).toString('utf8');
}
