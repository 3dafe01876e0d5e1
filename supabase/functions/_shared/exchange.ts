import type { Connection, Network } from './network.ts';

/**
 * Why an answer cannot be used: it breaks HTTP or off, says more than it may, or is packed in a way
 * that nobody asked for and that is not known.
 */
export class UnusableAnswer extends Error {
  override name = 'UnusableAnswer';
  readonly problem: 'bad_answer' | 'too_large' | 'unknown_encoding';
  /** Of the answer, as far as it came. */
  readonly status: number | null;

  constructor(problem: UnusableAnswer['problem'], status: number | null = null) {
    super(problem);
    this.problem = problem;
    this.status = status;
  }
}

export interface Question {
  method: 'GET' | 'POST';
  url: URL;
  /** The address that was checked. Nothing is resolved again. */
  address: string;
  headers: Record<string, string>;
  body?: Uint8Array;
}

export interface Answer {
  status: number;
  /** By their names in lower case; of a name that came twice both, with a comma between them. */
  headers: Map<string, string>;
  /** As it came, packed or not; it ends with an error when it is cut off. */
  body(): AsyncGenerator<Uint8Array<ArrayBuffer>>;
}

const headerBytes = 32_000;

/**
 * Asks a machine by HTTP/1.1, on a connection of its own that whoever opened the network ends.
 * `fetch` resolves names itself, so a name could be checked as one machine and asked as another.
 * Throws `UnusableAnswer`, and what the network throws.
 */
export async function exchange(question: Question, network: Network): Promise<Answer> {
  const { method, url, address, headers, body } = question;
  const isSecure = url.protocol === 'https:';
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port);
  const connection = await network.connect(address, port, isSecure ? hostOf(url) : undefined);
  const lines = [
    `${method} ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    'User-Agent: Staybase',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...body === undefined ? [] : [`Content-Length: ${body.length}`],
    'Connection: close',
  ];
  await writeAll(connection, new TextEncoder().encode(`${lines.join('\r\n')}\r\n\r\n`));
  if (body !== undefined) await writeAll(connection, body);
  return await readAnswer(new Reader(connection));
}

/** The host of a URL; an IPv6 address without its brackets. */
export const hostOf = (url: URL) => url.hostname.replace(/^\[(.*)\]$/, '$1');

async function writeAll(connection: Connection, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

async function readAnswer(reader: Reader): Promise<Answer> {
  for (let heads = 0; heads < 5; heads += 1) {
    const found = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(await reader.line());
    if (found === null) throw new UnusableAnswer('bad_answer');
    const status = Number(found[1]);
    const headers = new Map<string, string>();
    for (;;) {
      const line = await reader.line();
      if (line === '') break;
      const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new UnusableAnswer('bad_answer', status);
      const before = headers.get(name.toLowerCase());
      headers.set(name.toLowerCase(), before === undefined ? value : `${before}, ${value}`);
    }
    // An early hint comes before the answer.
    if (status < 200) continue;
    return { status, headers, body: () => readBody(reader, headers, status) };
  }
  throw new UnusableAnswer('bad_answer');
}

async function* readBody(reader: Reader, headers: Map<string, string>, status: number) {
  if (/(?:^|,)\s*chunked$/i.test(headers.get('transfer-encoding') ?? '')) {
    for (;;) {
      const [, digits] = /^([0-9a-f]{1,8})(?:;.*)?$/i.exec(await reader.line()) ?? [];
      if (digits === undefined) throw new UnusableAnswer('bad_answer', status);
      const length = parseInt(digits, 16);
      if (length === 0) return;
      yield* reader.bytes(length);
      if (await reader.line() !== '') throw new UnusableAnswer('bad_answer', status);
    }
  }
  const announced = headers.get('content-length');
  if (announced === undefined || headers.has('transfer-encoding')) return yield* reader.rest();
  const lengths = new Set(announced.split(/\s*,\s*/));
  const [length = ''] = lengths;
  if (lengths.size > 1 || !/^\d{1,15}$/.test(length)) {
    throw new UnusableAnswer('bad_answer', status);
  }
  yield* reader.bytes(Number(length));
}

/** Reads lines and bytes off a connection. Throws `UnusableAnswer` when it ends too early. */
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
        if (this.#headerBytes > headerBytes) throw new UnusableAnswer('too_large');
        this.#held = this.#held.subarray(end + 1);
        return line.replace(/\r$/, '');
      }
      if (this.#held.length > headerBytes) throw new UnusableAnswer('too_large');
      const chunk = await this.#more();
      if (chunk === undefined) throw new UnusableAnswer('bad_answer');
      const both = new Uint8Array(this.#held.length + chunk.length);
      both.set(this.#held);
      both.set(chunk, this.#held.length);
      this.#held = both;
    }
  }

  async *bytes(length: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    for (let left = length; left > 0;) {
      const held = this.#held.length > 0 ? this.#held : await this.#more();
      // Cut off: what is missing would look like nights that are free.
      if (held === undefined) throw new UnusableAnswer('bad_answer');
      const piece = held.subarray(0, left);
      this.#held = held.subarray(piece.length);
      left -= piece.length;
      if (piece.length > 0) yield piece;
    }
  }

  async *rest(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    let piece: Uint8Array<ArrayBuffer> | undefined = this.#held;
    for (; piece !== undefined; piece = await this.#more()) if (piece.length > 0) yield piece;
  }
}
