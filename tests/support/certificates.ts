import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate with its private key, both as PEM. */
export interface Certificate {
  certificate: string;
  key: string;
  /** What it signs others with. */
  readonly issuer: { name: string; privateKey: KeyObject };
}

/** What a certificate says; who signs it is nobody but itself unless told. */
export interface Wish {
  /** Of a server, the name it may be called by; of an authority just a name. */
  name: string;
  isAuthority?: boolean;
  signedBy?: Certificate;
  from?: Date;
  until?: Date;
}

const day = 86_400_000;

/** Makes an X.509 certificate (RFC 5280) on the curve P-256, as far as TLS looks at one. */
export function makeCertificate(wish: Wish): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { name, isAuthority = false, signedBy } = wish;
  const issuer = signedBy?.issuer ?? { name, privateKey };
  const inside = sequence(
    tagged(0, integer(Uint8Array.of(2))),
    integer(Uint8Array.of(1, ...randomBytes(8))),
    ecdsaWithSha256,
    distinguished(issuer.name),
    sequence(
      time(wish.from ?? new Date(Date.now() - day)),
      time(wish.until ?? new Date(Date.now() + day)),
    ),
    distinguished(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(
      3,
      sequence(
        isAuthority
          ? extension([0x55, 0x1d, 0x13], sequence(der(0x01, Uint8Array.of(0xff))))
          : extension([0x55, 0x1d, 0x11], sequence(der(0x82, ascii(name)))),
      ),
    ),
  );
  const whole = sequence(
    inside,
    ecdsaWithSha256,
    bits(sign('sha256', inside, { key: issuer.privateKey, dsaEncoding: 'der' })),
  );
  return {
    certificate: pem('CERTIFICATE', whole),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    issuer: { name, privateKey },
  };
}

function der(tag: number, ...parts: Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80
    ? [length]
    : length < 0x100
    ? [0x81, length]
    : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.of(tag, ...size), content]);
}

const ascii = (text: string) => new TextEncoder().encode(text);
const sequence = (...parts: Uint8Array[]) => der(0x30, ...parts);
const integer = (bytes: Uint8Array) => der(0x02, bytes);
const object = (...identifier: number[]) => der(0x06, Uint8Array.from(identifier));
const bits = (bytes: Uint8Array) => der(0x03, Uint8Array.of(0), bytes);
const tagged = (number: number, part: Uint8Array) => der(0xa0 + number, part);
const ecdsaWithSha256 = sequence(object(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));

/** UTCTime, good until 2049. */
const time = (instant: Date) =>
  der(0x17, ascii(instant.toISOString().replace(/^..|[-:T]|\..*$/g, '') + 'Z'));

/** A name of one common name. */
const distinguished = (name: string) =>
  sequence(der(0x31, sequence(object(0x55, 0x04, 0x03), der(0x0c, ascii(name)))));

const extension = (identifier: number[], value: Uint8Array) =>
  sequence(object(...identifier), der(0x01, Uint8Array.of(0xff)), der(0x04, value));

const pem = (label: string, bytes: Uint8Array) =>
  [
    `-----BEGIN ${label}-----`,
    ...Buffer.from(bytes).toString('base64').match(/.{1,64}/g) ?? [],
    `-----END ${label}-----`,
    '',
  ].join('\n');
