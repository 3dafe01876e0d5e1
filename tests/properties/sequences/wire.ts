import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';
import functionsRouter from '../../../local/functions-router.ts';
import { keys } from '../../../local/keys.ts';
import type { FakeStripe } from '../../../local/stripe/server.ts';
import { ask } from '../../support/ask.ts';

/**
 * The edge functions in this process, whole: their index.ts, their handlers, Stripe's SDK and
 * supabase-js. Only the wire they all hang on, `fetch`, is ours: it hands Stripe's calls to the fake and
 * the verbs straight to Postgres, and may kill a call of a function at any request.
 *
 * Measured, one create-payment (who asks, two verbs, one look at Stripe): 29 ms through gateway, Deno
 * and PostgREST, 4 ms here. That is what makes 2,000 lives a matter of minutes; and in one process a
 * worker can be stopped between two exact lines.
 */

/** One call of a function. A dead one reaches nobody any more. */
interface Call {
  dead: boolean;
}

/** Where the next call that works for somebody is hit. */
export type Doom =
  /** The worker dies with a command in hand, before it did anything. */
  | 'claimed'
  /** It dies as it is about to change something at Stripe. */
  | 'before the call'
  /** It dies when Stripe has done it, and nobody hears the answer. */
  | 'after the call'
  /** It dies when the database knows, before the command is finished. */
  | 'recorded'
  /** It lives, but the database's answer to it is lost. */
  | 'unheard';

/** Somebody to whom bookings, payments and objects at Stripe belong. */
export interface Owner {
  doom: Doom | undefined;
}

/** A refusal, by its code; or what a verb returned. */
export type Answer = { data: unknown; code?: undefined } | { code: string; sqlstate: string };

/** A request on its way. */
interface Letter {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body: string;
}

interface Verb {
  result: 'set' | 'one' | 'nothing';
  arguments: Map<string, string>;
}

const hosts = {
  supabase: 'supabase.test',
  stripe: 'stripe.test',
  functions: 'functions.test',
  mail: 'mail.test',
};

const environment: Record<string, string> = {
  STAYBASE_ENVIRONMENT: 'local',
  SUPABASE_URL: `http://${hosts.supabase}`,
  SUPABASE_PUBLISHABLE_KEY: keys.publishable,
  SUPABASE_SECRET_KEY: keys.secret,
  MAIL_SINK_URL: `http://${hosts.mail}`,
  STRIPE_API_URL: `http://${hosts.stripe}`,
  STRIPE_SECRET_KEY: 'sk_test_staybase_local',
  STRIPE_WEBHOOK_SECRET: 'whsec_staybase_local',
  STRIPE_HOST_WEBHOOK_SECRET: 'whsec_staybase_hosts',
};

const identifiers =
  /\b(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?:pi|seti|ch|re|tr|trr|dp|acct|issfr)_\w+)\b/g;

export class Wire {
  /** What went wrong in a way that no rule provides for. */
  surprises: string[] = [];
  database: pg.Pool;
  #stripe: FakeStripe | undefined;
  #owners = new Map<string, Owner>();
  #calls = new AsyncLocalStorage<Call>();
  #verbs: Promise<Map<string, Verb>> | undefined;
  #restore: () => void;

  constructor(database: pg.Pool) {
    this.database = database;
    this.#restore = this.#install();
  }

  /** Gives `fetch` and the rest back. */
  remove(): void {
    this.#restore();
  }

  /** Begins anew, with another database and another Stripe. */
  connect(database: pg.Pool, stripe: FakeStripe): void {
    this.database = database;
    this.#stripe = stripe;
    this.#owners.clear();
  }

  /** From now on these ids belong to somebody. */
  belongs(owner: Owner, ...ids: string[]): void {
    for (const id of ids) this.#owners.set(id, owner);
  }

  /** Whom a text is about, by the first known id in it; what stands beside it is theirs too. */
  ownerOf(text: string): Owner | undefined {
    const ids = text.match(identifiers) ?? [];
    const known = ids.find((id) => this.#owners.has(id));
    const owner = known === undefined ? undefined : this.#owners.get(known);
    if (owner !== undefined) { for (const id of ids) this.#owners.set(id, owner); }
    return owner;
  }

  /** Calls a function as somebody outside does. Rejects when the call died on the way. */
  async call(name: string, headers: Record<string, string>, body: unknown): Promise<Response> {
    return await this.#run(
      new Request(`http://${hosts.functions}/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    );
  }

  /** Runs a verb of the API in a transaction, as the role and person of the claims. */
  async verb(
    name: string,
    values: Record<string, unknown>,
    claims: { role: string; sub?: string },
  ): Promise<Answer> {
    const verb = (await this.#catalog()).get(name);
    if (verb === undefined) throw new Error(`There is no verb ${name}.`);
    const given = Object.entries(values).map(([argument, value]) => {
      const type = verb.arguments.get(argument);
      if (type === undefined) throw new Error(`${name} has no argument ${argument}.`);
      return `${argument} => ${literal(value, type)}`;
    });
    const called = `public.${name}(${given.join(', ')})`;
    const answer = {
      set: `select coalesce(json_agg(answer), '[]')::text as answer from ${called} as answer`,
      one: `select to_json(${called})::text as answer`,
      nothing: `select 'null' as answer from (select ${called}) as done`,
    }[verb.result];
    // One message is one transaction, as PostgREST makes it, in a single round trip.
    const sql = `select set_config('role', ${text(claims.role)}, true),
      set_config('request.jwt.claims', ${text(JSON.stringify(claims))}, true); ${answer}`;
    try {
      const results = await ask(this.database, sql) as unknown as pg.QueryResult[];
      return { data: JSON.parse(results.at(-1)?.rows[0].answer) };
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) throw error;
      const { code: sqlstate = '', message, where = '' } = error;
      if (!/^PT[1-4]\d\d$/.test(sqlstate) && message !== 'try_again') {
        this.surprises.push(`${name}: ${sqlstate} ${message} ${where}`);
      }
      return { code: message, sqlstate };
    }
  }

  #install(): () => void {
    const { fetch, setTimeout } = globalThis;
    // Stripe's SDK looks at the stack of each of its calls, of which vitest keeps a hundred lines.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 10;
    const world = globalThis as unknown as Record<string, unknown>;
    const { log } = console;
    world['Deno'] = { env: { get: (name: string) => environment[name] } };
    globalThis.fetch = (input, init) => this.#send(letterOf(input, init));
    // A function that waits before it tries again waits a hundredth of the time.
    const hurried = (deed: () => void, milliseconds = 0, ...rest: unknown[]) =>
      setTimeout(
        deed,
        this.#calls.getStore() !== undefined && milliseconds < 8_000
          ? milliseconds / 100
          : milliseconds,
        ...rest as [],
      );
    globalThis.setTimeout = Object.assign(hurried, setTimeout) as typeof setTimeout;
    console.log = (...line: unknown[]) => {
      if (this.#calls.getStore() === undefined) log(...line);
    };
    return () => {
      Object.assign(globalThis, { fetch, setTimeout });
      Error.stackTraceLimit = stackTraceLimit;
      console.log = log;
      delete world['Deno'];
    };
  }

  async #run(request: Request): Promise<Response> {
    const call: Call = { dead: false };
    const answer = await this.#calls.run(call, () => functionsRouter.fetch(request));
    if (call.dead) throw died();
    return answer;
  }

  async #send(letter: Letter): Promise<Response> {
    const { url, body, headers } = letter;
    if (url.hostname === hosts.functions) {
      return await this.#run(new Request(url, { method: 'POST', headers, body }));
    }
    const call = this.#calls.getStore();
    if (call?.dead) throw died();
    switch (url.hostname) {
      case hosts.mail:
        return new Response();
      case hosts.supabase:
        return await this.#toSupabase(letter, call);
      case hosts.stripe:
        return await this.#toStripe(letter, call);
    }
    throw new Error(`Nobody here lives at ${url.hostname}.`);
  }

  async #toStripe(letter: Letter, call: Call | undefined): Promise<Response> {
    const { method, url, headers, body } = letter;
    const path = `${url.pathname}${url.search}`;
    const owner = this.ownerOf(`${path} ${decodeURIComponent(body)}`);
    const changes = method === 'POST';
    if (changes && owner?.doom === 'before the call') this.#die(owner, call);
    const answer = await this.#stripe?.answer({
      method,
      path: url.pathname,
      query: url.search.slice(1),
      headers,
      body,
    });
    // As over HTTP, whatever Stripe does right after an answer is done when the answer arrives.
    await new Promise(setImmediate);
    if (answer?.kind !== 'answer') throw reset();
    if (call?.dead) throw died();
    if (changes && owner?.doom === 'after the call') this.#die(owner, call);
    return new Response(JSON.stringify(answer.body), answer);
  }

  async #toSupabase({ url, headers, body }: Letter, call: Call | undefined): Promise<Response> {
    const bearer = headers['authorization']?.replace(/^Bearer /, '') ?? '';
    const claims = bearer === keys.secret ? { role: 'service_role' } : claimsIn(bearer);
    if (url.pathname === '/auth/v1/user') return Response.json({ id: claims.sub, ...claims });
    const name = url.pathname.replace('/rest/v1/rpc/', '');
    const owner = this.ownerOf(body);
    const answer = await this.verb(name, JSON.parse(body || '{}'), claims);
    if (call?.dead) throw died();
    if (name === 'claim_commands') this.#claimed(answer, call);
    else if (/^(apply|record|import|refuse)_/.test(name)) {
      if (owner?.doom === 'recorded') this.#die(owner, call);
      if (owner?.doom === 'unheard') {
        owner.doom = undefined;
        throw new TypeError('fetch failed');
      }
    }
    if (answer.code === undefined) return Response.json(answer.data);
    const { code: message, sqlstate: code } = answer;
    const status = code.startsWith('PT') ? Number(code.slice(2)) : 500;
    return Response.json({ code, message }, { status });
  }

  #claimed(answer: Answer, call: Call | undefined): void {
    const commands = answer.code === undefined ? answer.data as object[] : [];
    // All of them, so that each id is known before the first worker dies.
    const owners = commands.map((command) => this.ownerOf(JSON.stringify(command)));
    const doomed = owners.find((owner) => owner?.doom === 'claimed');
    if (doomed !== undefined) this.#die(doomed, call);
  }

  #die(owner: Owner, call: Call | undefined): void {
    if (call === undefined) return;
    owner.doom = undefined;
    call.dead = true;
    throw died();
  }

  #catalog(): Promise<Map<string, Verb>> {
    return this.#verbs ??= (async () => {
      const { rows } = await this.database.query<
        { name: string; returns_set: boolean; returns: string; names: string[]; types: string[] }
      >(
        `select proname as name, proretset as returns_set, prorettype::regtype::text as returns,
           coalesce(proargnames[1:pronargs], '{}') as names,
           array(select format_type(type, null) from unnest(proargtypes) with ordinality as argument (type, place)
             order by place) as types
         from pg_proc where pronamespace = 'public'::regnamespace and prokind = 'f'`,
      );
      return new Map(rows.map((row) => [row.name, {
        result: row.returns_set ? 'set' : row.returns === 'void' ? 'nothing' : 'one',
        arguments: new Map(row.names.map((name, place) => [name, row.types[place] ?? 'text'])),
      }]));
    })();
  }
}

/** Everybody here sends text to a URL and nothing more exotic. */
function letterOf(to: string | URL | Request, init: RequestInit = {}): Letter {
  return {
    url: new URL(String(to)),
    method: init.method ?? 'GET',
    headers: Object.fromEntries(new Headers(init.headers)),
    body: typeof init.body === 'string' ? init.body : '',
  };
}

const reset = () => Object.assign(new TypeError('fetch failed'), { code: 'ECONNRESET' });
const died = () => new TypeError('fetch failed: this call of a function is dead');

function claimsIn(token: string): { role: string; sub?: string } {
  const [, payload = ''] = token.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}

const text = (value: string) => pg.escapeLiteral(value);

function literal(value: unknown, type: string): string {
  if (value === null || value === undefined) return `null::${type}`;
  if (Array.isArray(value) && type.endsWith('[]')) {
    if (typeof value[0] === 'object') {
      const rows = `json_populate_recordset(null::${type.slice(0, -2)}, ${
        text(JSON.stringify(value))
      })`;
      return `array(select one from ${rows} as one)`;
    }
    return `array[${value.map((one) => text(String(one))).join(', ')}]::${type}`;
  }
  return `${text(typeof value === 'object' ? JSON.stringify(value) : String(value))}::${type}`;
}
