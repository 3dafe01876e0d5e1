import { isAddress, isLoopback, isPublic } from '../_shared/addresses.ts';
import type { FeedProblem } from '../_shared/calendars.ts';
import { exchange, hostOf, UnusableAnswer } from '../_shared/exchange.ts';
import { inTime, type Network, TooSlow } from '../_shared/network.ts';
import { unpacked } from '../_shared/unpack.ts';
import { type LeftOut, withoutPast } from './past.ts';
import { textOf } from './unfold.ts';

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

export interface Asked {
  url: string;
  etag: string | null;
  lastModified: string | null;
  /** The day, as 2031-05-18, before which an event has to end to be left out. */
  endedBefore: string;
  /** True lets calendars of this machine through, at any port. */
  mayBeLocal: boolean;
}

export interface Fetched {
  /** Undefined when it has not changed. */
  text: string | undefined;
  /** What it does not hold any more because it was over. */
  left: LeftOut;
  etag: string | null;
  lastModified: string | null;
}

/** `bytes` counts what is kept of an answer, `allBytes` all of it, both unpacked. */
export const limits = {
  bytes: 2_000_000,
  allBytes: 12_000_000,
  redirects: 4,
  milliseconds: 10_000,
};

/**
 * Fetches a calendar from an address that a stranger chose, over a connection of its own: a name is
 * resolved once, every address it has must be public, and one of these is connected to, so that it
 * cannot mean another machine a moment later. So at every redirect. Nothing of ours is sent along.
 * Throws `FeedFailure`.
 */
export async function fetchCalendar(asked: Asked, network: Network): Promise<Fetched> {
  try {
    return await inTime(limits.milliseconds, network, (within) => follow(asked, within));
  } catch (error) {
    if (error instanceof FeedFailure) throw error;
    if (error instanceof UnusableAnswer) throw new FeedFailure(error.problem, error.status);
    throw new FeedFailure(error instanceof TooSlow ? 'too_slow' : 'unreachable');
  }
}

async function follow(asked: Asked, network: Network): Promise<Fetched> {
  let url = urlFrom(asked.url);
  for (let hop = 0; hop <= limits.redirects; hop += 1) {
    const answer = await exchange({
      method: 'GET',
      url,
      address: await placeOf(url, asked.mayBeLocal, network),
      headers: {
        Accept: 'text/calendar, */*;q=0.5',
        'Accept-Encoding': 'gzip',
        ...isHeaderValue(asked.etag) ? { 'If-None-Match': asked.etag } : {},
        ...isHeaderValue(asked.lastModified) ? { 'If-Modified-Since': asked.lastModified } : {},
      },
    }, network);
    const { status, headers } = answer;
    if ([301, 302, 303, 307, 308].includes(status)) {
      const next = urlFrom(headers.get('location') ?? '', url);
      if (url.protocol === 'https:' && next.protocol !== 'https:') {
        throw new FeedFailure('address_not_allowed');
      }
      url = next;
      continue;
    }
    const left: LeftOut = { events: 0, milliseconds: 0 };
    if (status === 304) return { text: undefined, left, etag: null, lastModified: null };
    if (status !== 200) throw new FeedFailure('bad_answer', status);
    const all = within(limits.allBytes, unpacked(answer), status);
    const kept = withoutPast(all, asked.endedBefore.replaceAll('-', ''), left);
    return {
      text: textOf(await whole(within(limits.bytes, kept, status))),
      left,
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
  const host = hostOf(url);
  if (mayBeLocal && host === 'localhost') return '127.0.0.1';
  const addresses = isAddress(host) ? [host] : await network.resolve(host).catch(() => []);
  const [first] = addresses;
  if (first === undefined) throw new FeedFailure('host_not_found');
  if (mayBeLocal && addresses.every(isLoopback)) return first;
  // One private address among public ones is reason enough: whoever set it meant something by it.
  if (url.port !== '' || !addresses.every(isPublic)) throw new FeedFailure('address_not_allowed');
  return first;
}

/** What a server once said is said back to it as one line or not at all. */
const isHeaderValue = (value: string | null): value is string =>
  value !== null && /^[\x20-\x7e]{1,500}$/.test(value);

type Bytes = AsyncIterable<Uint8Array<ArrayBuffer>>;

/** Ends with an error when it is more. What is counted was unpacked: a small answer can become huge. */
async function* within(most: number, bytes: Bytes, status: number): Bytes {
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > most) throw new FeedFailure('too_large', status);
    yield piece;
  }
}

async function whole(body: Bytes) {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    pieces.push(piece);
  }
  const all = new Uint8Array(size);
  let place = 0;
  for (const piece of pieces) {
    all.set(piece, place);
    place += piece.length;
  }
  return all;
}
