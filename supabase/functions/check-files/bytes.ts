/** Why a file is not shown. */
export type FileProblem = 'not_an_image' | 'wrong_type';

/** A file that is not what it says it is. */
export class NotThePicture extends Error {
  override name = 'NotThePicture';
  readonly problem: FileProblem;

  constructor(problem: FileProblem) {
    super(problem);
    this.problem = problem;
  }
}

/** Throws that this is no image, unless what an image must have is there. */
export function must(there: unknown): asserts there {
  if (!there) throw new NotThePicture('not_an_image');
}

/** More parts than any picture has; each of them takes memory. */
export const mostParts = 20_000;

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const textAt = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length));

export function joined(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
