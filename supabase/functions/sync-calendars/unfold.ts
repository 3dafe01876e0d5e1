/**
 * The text of a calendar: UTF-8, or UTF-16 when it begins like it. Lines are unfolded as bytes, before
 * they are decoded: RFC 5545 lets a writer fold in the middle of a character, and some do.
 */
export function textOf(bytes: Uint8Array<ArrayBuffer>): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return new TextDecoder().decode(unfold(bytes));
}

const [tab, lineFeed, carriageReturn, space] = [9, 10, 13, 32];

/** Without each end of a line that a space or a tab follows; these bytes are in no other character. */
export function unfold(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const unfolded = new Uint8Array(bytes.length);
  let length = 0;
  for (let place = 0; place < bytes.length; place += 1) {
    const byte = bytes[place]!;
    if (byte === lineFeed || byte === carriageReturn) {
      const isPair = byte === carriageReturn && bytes[place + 1] === lineFeed;
      const next = bytes[place + (isPair ? 2 : 1)];
      if (next === space || next === tab) {
        place += isPair ? 2 : 1;
        continue;
      }
    }
    unfolded[length] = byte;
    length += 1;
  }
  return unfolded.subarray(0, length);
}
