/** Counts what was left out, and how long that took. */
export interface LeftOut {
  events: number;
  milliseconds: number;
}

type Bytes = AsyncIterable<Uint8Array<ArrayBuffer>>;

/**
 * A calendar without the events that ended before a day (`20310518`), while it comes: that of a home
 * that is let for years can be megabytes of past for a few nights to come. Whatever is not certainly
 * over stays, and is judged by who knows about zones and repetitions.
 */
export async function* withoutPast(bytes: Bytes, day: string, left: LeftOut): Bytes {
  let held: Uint8Array<ArrayBuffer> = new Uint8Array();
  for await (const piece of bytes) {
    const started = performance.now();
    const { kept, rest } = sift(join(held, piece), day, left);
    held = rest;
    left.milliseconds += performance.now() - started;
    yield* kept;
  }
  yield held;
}

const [begin, end] = ['BEGIN:VEVENT', 'END:VEVENT'];

/** What may be passed on of these bytes, and what has to wait for those that follow. */
function sift(bytes: Uint8Array<ArrayBuffer>, day: string, left: LeftOut) {
  // One letter for each byte, whatever the encoding: what is looked for is ASCII.
  const text = new TextDecoder('latin1').decode(bytes);
  const kept: Uint8Array<ArrayBuffer>[] = [];
  let passed = 0;
  for (let from = 0;;) {
    const start = lineOf(text, begin, from);
    if (start < 0) {
      // The last letters may be the beginning of another event.
      const safe = Math.max(passed, text.length - begin.length);
      kept.push(bytes.subarray(passed, safe));
      return { kept, rest: bytes.slice(safe) };
    }
    const stop = lineOf(text, end, start);
    if (stop < 0) {
      kept.push(bytes.subarray(passed, start));
      return { kept, rest: bytes.slice(start) };
    }
    from = stop + end.length;
    if (isOver(text.slice(start, stop), day)) {
      kept.push(bytes.subarray(passed, start));
      passed = from;
      left.events += 1;
    }
  }
}

/** Where a line begins with these words. */
function lineOf(text: string, words: string, from: number): number {
  for (let place = text.indexOf(words, from); place >= 0; place = text.indexOf(words, place + 1)) {
    if (place === 0 || text[place - 1] === '\n' || text[place - 1] === '\r') return place;
  }
  return -1;
}

const again = /[\r\n](?:BEGIN:VEVENT|RRULE|RDATE|RECURRENCE-ID|DURATION)/i;
const names = /[\r\n]DT(?:START|END)[;:]/gi;
const starts =
  /[\r\n]DTSTART(?:;[^:\r\n]*)?:(\d{8})(?:T\d{6}Z?)?(?=[\r\n])(?!(?:\r\n|\n|\r)[ \t])/gi;
const ends = /[\r\n]DTEND(?:;[^:\r\n]*)?:(\d{8})(?:T\d{6}Z?)?(?=[\r\n])(?!(?:\r\n|\n|\r)[ \t])/gi;

/** Whether an event ended before a day, as far as can be said at a glance. */
function isOver(event: string, day: string): boolean {
  if (again.test(event)) return false;
  const [[, from] = [], ...more] = event.matchAll(starts);
  const [[, until] = [], ...others] = event.matchAll(ends);
  const read = (from === undefined ? 0 : 1) + (until === undefined ? 0 : 1);
  if (from === undefined || more.length + others.length > 0) return false;
  // Others that cannot be read may say something else.
  if (event.match(names)?.length !== read) return false;
  return from <= (until ?? from) && (until ?? from) < day;
}

function join(one: Uint8Array<ArrayBuffer>, other: Uint8Array<ArrayBuffer>) {
  if (one.length === 0) return other;
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
