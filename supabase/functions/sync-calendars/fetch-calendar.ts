import { isAddress, isLoopback, isPublic } from '../_shared/addresses.ts';
import type { FeedProblem } from '../_shared/calendars.ts';

/** Why no calendar came. */
export class FeedFailure extends Error {
  override name = 'FeedFailure';
  readonly problem: FeedProblem;
  /** Of the answer, when there was one. */
  readonly status: number | null;

  constructor(problem: FeedProblem, status: number | null = null) {
    super(problem);
    this.problem = problem;
    this.status = status;
  }
}

/** A connection, as Deno has it. */
export interface Connection {
  read(into: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

/** What it takes to reach another machine. */
export interface Network {
  /** The IP addresses of a name; throws or resolves to none when there are none. */
  resolve(name: string): Promise<string[]>;
  /** Opens a connection to an IP address; `secureFor` names who has to prove to be there (TLS). */
  connect(address: string, port: number, secureFor: string | undefined): Promise<Connection>;
}

export interface Asked {
  url: string;
  etag: string | null;
  lastModified: string | null;
  /** True lets calendars of this machine through, at any port. */
  mayBeLocal: boolean;
}

export interface Fetched {
  /** Undefined when it has not changed. */
  text: string | undefined;
  etag: string | null;
  lastModified: string | null;
}

export const limits = { bytes: 2_000_000, headerBytes: 32_000, redirects: 4, milliseconds: 10_000 };

/**
 * Fetches a calendar from an address that a stranger chose, over a connection of its own: a name is
 * resolved once, every address it has must be public, and one of these is connected to, so that it
 * cannot mean another machine a moment later. So at every redirect. Nothing of ours is sent along.
 * Throws `FeedFailure`.
 */
export async function fetchCalendar(asked: Asked, network: Network): Promise<Fetched> {
  const opened: Connection[] = [];
  let isOver = false;
  let late: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(new FeedFailure('too_slow')), limits.milliseconds);
  });
  const remembering: Network = {
    resolve: network.resolve,
    async connect(...to) {
      const connection = await network.connect(...to);
      if (isOver) close(connection);
      opened.push(connection);
      return connection;
    },
  };
  try {
    return await Promise.race([follow(asked, remembering), deadline]);
  } catch (error) {
    throw error instanceof FeedFailure ? error : new FeedFailure('unreachable');
  } finally {
    isOver = true;
    clearTimeout(late);
    for (const connection of opened) close(connection);
  }
}

/** Ends a connection, ended or not. */
export function close(connection: Connection): void {
  try {
    connection.close();
  } catch {
    // It was closed by the other side.
  }
}

async function follow(asked: Asked, network: Network): Promise<Fetched> {
  let url = urlFrom(asked.url);
  for (let hop = 0; hop <= limits.redirects; hop += 1) {
    const answer = await get(url, asked, network);
    const { status, headers } = answer;
    if ([301, 302, 303, 307, 308].includes(status)) {
      const next = urlFrom(headers.get('location') ?? '', url);
      if (url.protocol === 'https:' && next.protocol !== 'https:') {
        throw new FeedFailure('address_not_allowed');
      }
      url = next;
      continue;
    }
    if (status === 304) return { text: undefined, etag: null, lastModified: null };
    if (status !== 200) throw new FeedFailure('bad_answer', status);
    const encoding = headers.get('content-encoding') ?? 'identity';
    if (encoding.toLowerCase() !== 'identity') throw new FeedFailure('bad_answer', status);
    return {
      text: decode(answer.body),
      etag: headers.get('etag') ?? null,
      lastModified: headers.get('last-modified') ?? null,
    };
  }
  throw new FeedFailure('too_many_redirects');
}

/** Throws for what is no address of a calendar: other schemes, and users with passwords. */
function urlFrom(text: string, base?: URL): URL {
  let url: URL;
  try {
    url = new URL(text.replace(/^webcals?:/i, 'https:'), base);
  } catch {
    throw new FeedFailure('address_not_allowed');
  }
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  if (!isWeb || url.username !== '' || url.password !== '' || url.hostname === '') {
    throw new FeedFailure('address_not_allowed');
  }
  return url;
}

/** Where a URL may be connected to. Throws `FeedFailure` when that is nowhere. */
async function placeOf(url: URL, mayBeLocal: boolean, network: Network): Promise<string> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (mayBeLocal && host === 'localhost') return '127.0.0.1';
  const addresses = isAddress(host) ? [host] : await network.resolve(host).catch(() => []);
  const [first] = addresses;
  if (first === undefined) throw new FeedFailure('host_not_found');
  if (mayBeLocal && addresses.every(isLoopback)) return first;
  // One private address among public ones is reason enough: whoever set it meant something by it.
  if (url.port !== '' || !addresses.every(isPublic)) throw new FeedFailure('address_not_allowed');
  return first;
}

interface Answer {
  status: number;
  headers: Map<string, string>;
  body: Uint8Array<ArrayBuffer>;
}

/** One GET by HTTP/1.1, on a connection that ends with it. */
async function get(url: URL, asked: Asked, network: Network): Promise<Answer> {
  const address = await placeOf(url, asked.mayBeLocal, network);
  const isSecure = url.protocol === 'https:';
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const connection = await network.connect(address, port, isSecure ? host : undefined);
  try {
    const lines = [
      `GET ${url.pathname}${url.search} HTTP/1.1`,
      `Host: ${url.host}`,
      'User-Agent: Staybase',
      'Accept: text/calendar, */*;q=0.5',
      'Accept-Encoding: identity',
      'Connection: close',
    ];
    if (isHeaderValue(asked.etag)) lines.push(`If-None-Match: ${asked.etag}`);
    if (isHeaderValue(asked.lastModified)) lines.push(`If-Modified-Since: ${asked.lastModified}`);
    await writeAll(connection, new TextEncoder().encode(`${lines.join('\r\n')}\r\n\r\n`));
    return await readAnswer(new Reader(connection));
  } finally {
    close(connection);
  }
}

/** What a server once said is said back to it as one line or not at all. */
const isHeaderValue = (value: string | null): value is string =>
  value !== null && /^[\x20-\x7e]{1,500}$/.test(value);

async function writeAll(connection: Connection, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

async function readAnswer(reader: Reader): Promise<Answer> {
  for (let heads = 0; heads < 5; heads += 1) {
    const found = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(await reader.line());
    if (found === null) throw new FeedFailure('bad_answer');
    const status = Number(found[1]);
    const headers = new Map<string, string>();
    for (;;) {
      const line = await reader.line();
      if (line === '') break;
      const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new FeedFailure('bad_answer', status);
      headers.set(name.toLowerCase(), value);
    }
    // An early hint comes before the answer.
    if (status < 200) continue;
    const body = status === 200 ? await readBody(reader, headers, status) : new Uint8Array();
    return { status, headers, body };
  }
  throw new FeedFailure('bad_answer');
}

async function readBody(reader: Reader, headers: Map<string, string>, status: number) {
  const transfer = headers.get('transfer-encoding')?.toLowerCase();
  if (transfer === 'chunked') {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    for (let size = 0;;) {
      const [, digits] = /^([0-9a-f]{1,8})(?:;.*)?$/i.exec(await reader.line()) ?? [];
      if (digits === undefined) throw new FeedFailure('bad_answer', status);
      const length = parseInt(digits, 16);
      if (length === 0) return joined(chunks);
      size += length;
      if (size > limits.bytes) throw new FeedFailure('too_large', status);
      chunks.push(await reader.bytes(length));
      if (await reader.line() !== '') throw new FeedFailure('bad_answer', status);
    }
  }
  if (transfer !== undefined && transfer !== 'identity') {
    throw new FeedFailure('bad_answer', status);
  }
  const announced = headers.get('content-length');
  if (announced === undefined) return await reader.rest();
  if (!/^\d{1,15}$/.test(announced)) throw new FeedFailure('bad_answer', status);
  if (Number(announced) > limits.bytes) throw new FeedFailure('too_large', status);
  return await reader.bytes(Number(announced));
}

function joined(chunks: Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let place = 0;
  for (const chunk of chunks) {
    all.set(chunk, place);
    place += chunk.length;
  }
  return all;
}

/** Reads lines and bytes off a connection. Throws `FeedFailure` when it ends too early or says too much. */
class Reader {
  #held: Uint8Array<ArrayBuffer> = new Uint8Array();
  #headerBytes = 0;
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async #more(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const chunk = new Uint8Array(65_536);
    const length = await this.#connection.read(chunk);
    return length === null ? undefined : chunk.subarray(0, length);
  }

  async line(): Promise<string> {
    for (;;) {
      const end = this.#held.indexOf(10);
      if (end >= 0) {
        const line = new TextDecoder('latin1').decode(this.#held.subarray(0, end));
        this.#headerBytes += end;
        if (this.#headerBytes > limits.headerBytes) throw new FeedFailure('too_large');
        this.#held = this.#held.subarray(end + 1);
        return line.replace(/\r$/, '');
      }
      if (this.#held.length > limits.headerBytes) throw new FeedFailure('too_large');
      const chunk = await this.#more();
      if (chunk === undefined) throw new FeedFailure('bad_answer');
      this.#held = joined([this.#held, chunk]);
    }
  }

  async bytes(length: number): Promise<Uint8Array<ArrayBuffer>> {
    const chunks = [this.#held];
    for (let size = this.#held.length; size < length;) {
      const chunk = await this.#more();
      // Cut off: what is missing would look like nights that are free.
      if (chunk === undefined) throw new FeedFailure('bad_answer');
      chunks.push(chunk);
      size += chunk.length;
    }
    const all = joined(chunks);
    this.#held = all.subarray(length);
    return all.subarray(0, length);
  }

  async rest(): Promise<Uint8Array<ArrayBuffer>> {
    const chunks = [this.#held];
    for (let size = this.#held.length;;) {
      if (size > limits.bytes) throw new FeedFailure('too_large');
      const chunk = await this.#more();
      if (chunk === undefined) return joined(chunks);
      chunks.push(chunk);
      size += chunk.length;
    }
  }
}

/** UTF-8, or UTF-16 when it begins like it. */
function decode(bytes: Uint8Array<ArrayBuffer>): string {
  const [first, second] = bytes;
  const encoding = first === 0xff && second === 0xfe
    ? 'utf-16le'
    : first === 0xfe && second === 0xff
    ? 'utf-16be'
    : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}
