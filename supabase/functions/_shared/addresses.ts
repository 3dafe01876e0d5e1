/** Whether an IP address belongs to the public internet: no private, local, shared or reserved one. */
export function isPublic(address: string): boolean {
  const v4 = bytesOfV4(address);
  if (v4 !== undefined) return !reservedV4.some((range) => lies(v4, range));
  const v6 = bytesOfV6(address);
  // Of IPv6 only 2000::/3 is given out at all: what maps or translates to IPv4 lies outside of it.
  return v6 !== undefined && lies(v6, [[0x20], 3]) && !reservedV6.some((range) => lies(v6, range));
}

/** Whether an IP address is this machine itself. */
export function isLoopback(address: string): boolean {
  const v4 = bytesOfV4(address);
  if (v4 !== undefined) return v4[0] === 127;
  const v6 = bytesOfV6(address);
  return v6 !== undefined && v6.every((byte, place) => byte === (place === 15 ? 1 : 0));
}

export const isAddress = (host: string) =>
  bytesOfV4(host) !== undefined || bytesOfV6(host) !== undefined;

type Range = [start: number[], bits: number];

/** The special-purpose registry of IANA, multicast and the class that was never given out. */
const reservedV4: Range[] = [
  [[0], 8],
  [[10], 8],
  [[100, 64], 10],
  [[127], 8],
  [[169, 254], 16],
  [[172, 16], 12],
  [[192, 0, 0], 24],
  [[192, 0, 2], 24],
  [[192, 31, 196], 24],
  [[192, 52, 193], 24],
  [[192, 88, 99], 24],
  [[192, 168], 16],
  [[192, 175, 48], 24],
  [[198, 18], 15],
  [[198, 51, 100], 24],
  [[203, 0, 113], 24],
  [[224], 3],
];

/** Protocol assignments with Teredo, documentation, 6to4, AS112, documentation again. */
const reservedV6: Range[] = [
  [[0x20, 0x01, 0x00], 23],
  [[0x20, 0x01, 0x0d, 0xb8], 32],
  [[0x20, 0x02], 16],
  [[0x26, 0x20, 0x00, 0x4f, 0x80, 0x00], 48],
  [[0x3f, 0xff, 0x00], 20],
];

const lies = (address: number[], [start, bits]: Range) =>
  address.every((byte, place) => {
    const mask = 0xff00 >> Math.min(8, Math.max(0, bits - 8 * place)) & 0xff;
    return (byte & mask) === ((start[place] ?? 0) & mask);
  });

function bytesOfV4(text: string): number[] | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  return parts?.every((part) => part < 256) ? parts : undefined;
}

function bytesOfV6(text: string): number[] | undefined {
  if (!text.includes(':') || !/^[0-9a-f:.]+$/i.test(text)) return undefined;
  // An IPv4 address at the end stands for two groups.
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const v4 = tail === null ? [] : bytesOfV4(tail[2]!);
  if (v4 === undefined) return undefined;
  const groups = tail === null
    ? text
    : `${tail[1]}${((v4[0]! << 8) | v4[1]!).toString(16)}:${((v4[2]! << 8) | v4[3]!).toString(16)}`;
  const halves = groups.split('::');
  if (halves.length > 2) return undefined;
  const [before, after] = halves.map((half) => half === '' ? [] : half.split(':'));
  const missing = 8 - before!.length - (after?.length ?? 0);
  if (after === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...before!, ...Array<string>(missing).fill('0'), ...after ?? []];
  if (all.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return all.flatMap((group) => {
    const value = parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
