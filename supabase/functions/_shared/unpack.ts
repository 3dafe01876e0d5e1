import { type Answer, UnusableAnswer } from './exchange.ts';

/** What is used of `node:zlib`: it knows all four formats in every runtime, and gzip in several parts. */
interface Zlib {
  createGunzip(): Unpacker;
  createInflate(): Unpacker;
  createInflateRaw(): Unpacker;
  createBrotliDecompress(): Unpacker;
}

interface Unpacker extends AsyncIterable<Uint8Array> {
  write(bytes: Uint8Array): boolean;
  end(): void;
  destroy(error?: Error): void;
  once(event: 'drain' | 'close', then: () => void): void;
}

// By a name that the type checker does not follow: the types of Node are not there in every runtime.
const module: string = 'node:zlib';
const zlib: Zlib = await import(module);

type Bytes = AsyncIterable<Uint8Array<ArrayBuffer>>;

/** More than anybody packs on purpose. */
const mostCodings = 5;

/**
 * The body of an answer, unpacked as its headers say, whatever was asked for: many servers compress
 * for everyone. What is neither packed nor text but begins like gzip is a file that was stored so.
 * It comes piece by piece, so that whoever reads it can stop a small answer that becomes a huge one.
 * Throws `UnusableAnswer` for an unknown coding, and for what is not packed as it says or cut off; but
 * Deno 2.9 does not notice that Brotli is cut off, so whoever reads has to know how its format ends.
 */
export async function* unpacked({ status, headers, body }: Answer): Bytes {
  // The last one was put on last. A transfer coding lies around those of the content.
  const codings = [headers.get('content-encoding'), headers.get('transfer-encoding')]
    .flatMap((value) => (value ?? '').toLowerCase().split(','))
    .map((coding) => coding.trim())
    .filter((coding) => !['', 'identity', 'chunked'].includes(coding));
  if (codings.length > mostCodings || !codings.every((coding) => coding in openers)) {
    throw new UnusableAnswer('unknown_encoding', status);
  }
  let bytes: Bytes = body();
  for (const coding of codings.reverse()) bytes = unpack(bytes, openers[coding]!, status);
  yield* unpack(
    bytes,
    (first, second) => isGzip(first, second) ? zlib.createGunzip() : undefined,
    status,
  );
}

/** What unpacks bytes that begin like this; undefined when they are not packed. */
type Opener = (first: number, second: number) => Unpacker | undefined;

const isGzip = (first: number, second: number) => first === 0x1f && second === 0x8b;

/** "Deflate" means the zlib format (RFC 9110, 8.4.1.2), and some servers send the bare one. */
const isZlib = (first: number, second: number) =>
  (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;

const openers: Record<string, Opener> = {
  gzip: () => zlib.createGunzip(),
  'x-gzip': () => zlib.createGunzip(),
  deflate: (first, second) =>
    isZlib(first, second) ? zlib.createInflate() : zlib.createInflateRaw(),
  br: () => zlib.createBrotliDecompress(),
};

async function* unpack(bytes: Bytes, open: Opener, status: number): Bytes {
  const pieces = bytes[Symbol.asyncIterator]();
  const head: Uint8Array<ArrayBuffer>[] = [];
  for (let length = 0; length < 2;) {
    const { value, done } = await pieces.next();
    if (done === true) break;
    head.push(value);
    length += value.length;
  }
  const [first = 0, second = 0] = head.flatMap((piece) => [...piece.subarray(0, 2)]);
  async function* all() {
    yield* head;
    yield* { [Symbol.asyncIterator]: () => pieces };
  }
  const unpacker = open(first, second);
  if (unpacker === undefined) return yield* all();

  let isOver = false;
  let cause: unknown;
  const feed = async () => {
    try {
      for await (const piece of all()) {
        if (isOver) return;
        const isFull = !unpacker.write(piece);
        if (isFull) {
          await new Promise<void>((resolve) => {
            unpacker.once('drain', resolve);
            unpacker.once('close', resolve);
          });
        }
      }
      unpacker.end();
    } catch (error) {
      cause = error;
      unpacker.destroy(new Error('what was to be unpacked ended'));
    }
  };
  const fed = feed();
  try {
    for await (const piece of unpacker) yield new Uint8Array(piece);
  } catch {
    throw cause ?? new UnusableAnswer('bad_answer', status);
  } finally {
    isOver = true;
    unpacker.destroy();
  }
  await fed;
}
