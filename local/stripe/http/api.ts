import type { Fault, Faults } from '../faults.ts';
import { newId } from '../ids.ts';
import { apiVersion, Moment } from '../moment.ts';
import { masked, type RequestLog } from '../request-log.ts';
import type { Settings } from '../settings.ts';
import type { State } from '../state.ts';
import type { Webhooks } from '../webhooks.ts';
import { malformed, StripeFailure } from './errors.ts';
import { checkExpand, present } from './expand.ts';
import { decodeForm } from './form.ts';
import { checkKeyLength, keepAnswer, keptAnswer, keyInUse } from './idempotency.ts';
import { checkKey, secretKeyRequired } from './keys.ts';
import { checkParameters } from './parameters.ts';
import { findRoute, type Route } from './routes.ts';

// 'PaymentIntentCreateParams' answers with a PaymentIntent, '...ListParams' with a list of them.
const answered = /^(\w+?)(Create|Retrieve|Update|List|Search|[A-Z][a-z]+)Params$/;

/** A request as it came in. */
export interface ApiRequest {
  method: string;
  path: string;
  query: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** What to send back; `none` when the client is to get no answer at all. */
export type ApiAnswer =
  | { kind: 'answer'; status: number; headers: Record<string, string>; body: unknown }
  | { kind: 'hang' }
  | { kind: 'reset' };

export interface ApiParts {
  state: State;
  settings: Settings;
  faults: Faults;
  log: RequestLog;
  webhooks: Webhooks;
  routes: Route[];
  secretKey: string;
  /** Unix seconds by Staybase's clock. */
  clock: () => Promise<number>;
  /** Does what has become due, and sends its events. */
  catchUp: (now: number) => void;
}

/** Answers requests to the API as Stripe does. */
export class Api {
  #parts: ApiParts;
  /** Idempotency keys of the requests that are running or not answered yet. */
  #running = new Set<string>();

  constructor(parts: ApiParts) {
    this.#parts = parts;
  }

  async answer(request: ApiRequest): Promise<ApiAnswer> {
    const id = newId('req', 14);
    const header = (name: string) => {
      const value = request.headers[name];
      return typeof value === 'string' ? value : undefined;
    };
    const key = request.method === 'POST' || isV2(request) && request.method === 'DELETE'
      ? header('idempotency-key') ?? null
      : null;
    const entry = {
      id,
      at: 0,
      method: request.method,
      path: request.path,
      params: {} as Record<string, unknown>,
      idempotencyKey: key,
      key: 'none' as 'none' | 'secret' | 'publishable',
      status: 0,
      replayed: false,
      error: null as string | null,
      fault: null as string | null,
    };
    this.#parts.log.add(entry);
    const reply = (
      status: number,
      body: unknown,
      headers: Record<string, string> = {},
    ): ApiAnswer => {
      entry.status = status;
      return {
        kind: 'answer',
        status,
        body,
        headers: {
          'request-id': id,
          'stripe-version': apiVersion,
          ...(key ? { 'idempotency-key': key } : {}),
          ...headers,
        },
      };
    };
    try {
      const params = decode(request);
      entry.params = masked(params);
      entry.key = checkKey(header('authorization'), params['key'], this.#parts.secretKey);
      const text = `${request.path}?${request.query} ${request.body}`;
      const fault = this.#parts.faults.meet(request.method, request.path, text);
      entry.fault = fault?.kind ?? null;
      const early = this.#before(fault, key);
      if (early) return early;
      checkVersion(header('stripe-version'));
      const account = header('stripe-account') ?? header('stripe-context');
      checkAccount(this.#parts.state, account, this.#parts.secretKey);
      const answer = await this.#run(request, params, { id, key, entry, fault, account });
      if (fault?.kind === 'timeout_after') return { kind: 'hang' };
      if (fault?.kind === 'reset_after') return { kind: 'reset' };
      if (fault?.kind === 'slow') await this.#linger(fault.ms ?? 1000, key);
      entry.error = errorOf(answer.body);
      return reply(answer.status, answer.body, answer.headers);
    } catch (error) {
      if (!(error instanceof StripeFailure)) throw error;
      entry.error = error.body.code ?? error.body.type;
      return reply(error.status, { error: error.body }, error.headers);
    }
  }

  /** The answer takes its time, and the key is in use for as long. */
  async #linger(milliseconds: number, key: string | null): Promise<void> {
    if (key !== null) this.#running.add(key);
    await new Promise((wake) => setTimeout(wake, milliseconds));
    if (key !== null) this.#running.delete(key);
  }

  #before(fault: Fault | undefined, key: string | null): ApiAnswer | undefined {
    switch (fault?.kind) {
      case 'timeout_before':
        return { kind: 'hang' };
      case 'reset_before':
        return { kind: 'reset' };
      case 'conflict':
        throw keyInUse(key ?? 'none');
      case 'rate_limit':
        throw new StripeFailure(429, {
          type: 'invalid_request_error',
          code: 'rate_limit',
          message: 'Request rate limit exceeded. Learn more about rate limits here: ' +
            'https://stripe.com/docs/rate-limits.',
        }, { keep: false, headers: { 'stripe-should-retry': 'false' } });
      case 'lock_timeout':
        throw new StripeFailure(429, {
          type: 'invalid_request_error',
          code: 'lock_timeout',
          message:
            'This object cannot be accessed right now because another API request or Stripe ' +
            'process is currently accessing it. If you see this error intermittently, retry the ' +
            'request.',
        }, { keep: false, headers: { 'stripe-should-retry': 'true' } });
      case 'no_balance':
        throw new StripeFailure(400, {
          type: 'invalid_request_error',
          code: 'balance_insufficient',
          message: 'You have insufficient available funds in your Stripe account.',
        });
      case 'wrong_region':
        throw new StripeFailure(400, {
          type: 'invalid_request_error',
          code: 'transfers_not_allowed',
          message: 'Funds cannot be sent to accounts outside of the region of your platform.',
          param: 'destination',
        });
      case 'unavailable':
        throw new StripeFailure(503, {
          type: 'api_error',
          message: 'The service is temporarily unavailable.',
        }, { keep: false });
    }
    return undefined;
  }

  async #run(
    request: ApiRequest,
    given: Record<string, unknown>,
    call: {
      id: string;
      key: string | null;
      entry: { at: number; key: string; replayed: boolean };
      fault: Fault | undefined;
      account: string | undefined;
    },
  ): Promise<{ status: number; body: unknown; headers: Record<string, string> }> {
    const { state } = this.#parts;
    const { entry } = call;
    const found = findRoute(this.#parts.routes, request.method, request.path);
    if (!found) {
      throw new StripeFailure(404, {
        type: 'invalid_request_error',
        message: `Unrecognized request URL (${request.method}: ${request.path}).`,
      }, { keep: false });
    }
    if (call.account && !found.route.connected) {
      throw malformed(
        `The fake Stripe does not do this on behalf of a connected account: ${found.route.path}`,
        'fake_not_supported',
      );
    }
    const { from, params: asked } = pageToken(request, given);
    const publishable = entry.key === 'publishable';
    if (publishable) checkClientSecret(state, found.route, found.id, given);
    const params = publishable
      ? publishableParams(given)
      : checkParameters(found.route.parameters, asked, isV2(request));
    const expand = params['expand'] as string[] | undefined;
    const answers = found.route.parameters.name.match(answered);
    checkExpand(answers?.[1] ?? '', answers?.[2] === 'List' || answers?.[2] === 'Search', expand);
    const handle = (at: Moment): { status: number; body: unknown } => {
      const { route, id, second } = found;
      const result = route.handle({
        moment: at,
        params,
        id,
        second,
        url: request.path,
        publishable,
        account: call.account,
        from,
      });
      return { status: 200, body: present(state, result, expand) };
    };
    const { key, id: requestId, fault } = call;
    const moment = async () => {
      entry.at = await this.#parts.clock();
      this.#parts.catchUp(entry.at);
      const requested = { id: requestId, idempotencyKey: key };
      return new Moment(state, this.#parts.settings, entry.at, requested);
    };
    if (key === null) return this.#attempt(await moment(), fault, handle);
    checkKeyLength(key);
    if (this.#running.has(key)) throw keyInUse(key);
    this.#running.add(key);
    try {
      const at = await moment();
      const keyed = { endpoint: request.path, text: request.body, requestId, v2: isV2(request) };
      const kept = keptAnswer(state, key, keyed, at.now);
      if (kept) {
        entry.replayed = true;
        const { status, body, headers } = kept;
        const replayed = { 'idempotent-replayed': 'true', 'original-request': kept.requestId };
        return { status, body, headers: { ...headers, ...replayed } };
      }
      const answer = this.#attempt(at, fault, handle);
      keepAnswer(state, key, keyed, at.now, answer);
      return { ...answer, headers: { 'original-request': requestId, ...answer.headers } };
    } finally {
      this.#running.delete(key);
    }
  }

  // Runs the endpoint. A refusal which Stripe keeps under the key is an answer; others are thrown.
  #attempt(
    at: Moment,
    fault: Fault | undefined,
    handle: (at: Moment) => { status: number; body: unknown },
  ): { status: number; body: unknown; headers: Record<string, string> } {
    const broken = {
      status: 500,
      headers: { 'stripe-should-retry': 'false' },
      body: {
        error: {
          type: 'api_error',
          message: 'An unknown error occurred. If this persists, please contact support.',
        },
      },
    };
    if (fault?.kind === 'error_before') return broken;
    try {
      const answer = handle(at);
      return fault?.kind === 'error_after' ? broken : { ...answer, headers: {} };
    } catch (error) {
      if (!(error instanceof StripeFailure) || !error.keep) throw error;
      return { status: error.status, body: { error: error.body }, headers: error.headers };
    } finally {
      this.#parts.state.changed();
      // After the answer has been written, as Stripe's events most often come after it.
      setImmediate(() => {
        this.#parts.webhooks.release(at.raised);
        this.#parts.catchUp(at.now);
      });
    }
  }
}

function decode({ method, path, query, body, headers }: ApiRequest): Record<string, unknown> {
  if (method === 'GET' || method === 'DELETE' && body === '') return decodeForm(query);
  if (!isV2({ path })) return decodeForm(body);
  if (body === '') return {};
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
      return parsed as Record<string, unknown>;
    }
  } catch {
    // told below
  }
  throw malformed(`Invalid JSON in the body (${String(headers['content-type'])}).`);
}

function isV2({ path }: { path: string }): boolean {
  return path.startsWith('/v2/');
}

// Pages of v2 lists follow each other by a token in their address, which no parameter declares.
function pageToken(
  request: ApiRequest,
  given: Record<string, unknown>,
): { from: number; params: Record<string, unknown> } {
  if (!isV2(request) || request.method !== 'GET') return { from: 0, params: given };
  const { page, ...params } = given;
  return { from: Number(page ?? 0) || 0, params };
}

function checkVersion(version: string | undefined): void {
  if (version === undefined || version === apiVersion) return;
  throw malformed(
    `The fake Stripe speaks API version ${apiVersion}, not ${version}: use the version that the ` +
      'SDK pins.',
  );
}

function checkAccount(state: State, account: string | undefined, secretKey: string): void {
  if (account === undefined || state.tables.accounts.get(account)?.closed === false) return;
  throw new StripeFailure(403, {
    type: 'invalid_request_error',
    code: 'account_invalid',
    message: `The provided key '${secretKey.slice(0, 8)}***' does not have access to account ` +
      `'${account}' (or that account does not exist). Application access may have been revoked.`,
  }, { keep: false });
}

function checkClientSecret(
  state: State,
  route: Route,
  id: string,
  params: Record<string, unknown>,
): void {
  if (!route.publishable) throw secretKeyRequired();
  if (id === '') return;
  const intent = state.tables.payment_intents.get(id) ?? state.tables.setup_intents.get(id);
  const secret = intent?.client_secret;
  if (params['client_secret'] === undefined) {
    throw malformed(
      'Missing required param: client_secret.',
      'parameter_missing',
      'client_secret',
    );
  }
  if (secret === undefined || secret !== params['client_secret']) {
    throw malformed(
      `The client_secret provided does not match any associated PaymentIntent on this account.`,
      'payment_intent_invalid_parameter',
      'client_secret',
    );
  }
}

// Stripe.js sends much of its own besides; only what the fake acts upon is taken.
function publishableParams(given: Record<string, unknown>): Record<string, unknown> {
  const known = [
    'type',
    'card',
    'billing_details',
    'payment_method',
    'payment_method_data',
    'return_url',
    'setup_future_usage',
    'shipping',
    'receipt_email',
    'client_secret',
  ];
  const params = Object.fromEntries(
    known.filter((name) => name in given).map((name) => [name, given[name]]),
  );
  return { ...params, use_stripe_sdk: given['use_stripe_sdk'] === 'true', expand: [] };
}

function errorOf(body: unknown): string | null {
  const error = (body as { error?: { code?: string; type: string } }).error;
  return error ? error.code ?? error.type : null;
}
