import { Decrypter, Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, readFileSync } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BackupProblem } from './problem.ts';

/**
 * Backups are age files (https://age-encryption.org/v1): written with a public key alone, so that the
 * machine that makes them can't read them, and opened by Staybase or by any `age`.
 */

/** The public keys that backups are made for: BACKUP_RECIPIENTS, separated by spaces or commas. */
export function recipients(): string[] {
  const listed = (process.env.BACKUP_RECIPIENTS ?? '').split(/[\s,]+/).filter((one) => one !== '');
  if (listed.length === 0) {
    throw new BackupProblem(
      'no_key',
      'Backups are encrypted. Make a key pair once (npm run backup -- --new-key FILE), keep the file away ' +
        'from backups and databases, and set BACKUP_RECIPIENTS to the public key it prints.',
    );
  }
  for (const recipient of listed) encrypterFor([recipient]);
  return listed;
}

/** The private keys: the file named by BACKUP_IDENTITY_FILE, as age-keygen writes it, or BACKUP_IDENTITY. */
export function identities(): string[] {
  const file = process.env.BACKUP_IDENTITY_FILE;
  if (file && !existsSync(file)) {
    throw new BackupProblem(
      'no_key',
      `BACKUP_IDENTITY_FILE is ${file}, but there is no such file.`,
    );
  }
  const text = file ? readFileSync(file, 'utf8') : process.env.BACKUP_IDENTITY ?? '';
  const found = text.split(/\s*\n\s*/).filter((line) => /^AGE-SECRET-KEY-/i.test(line.trim()));
  if (found.length === 0) {
    throw new BackupProblem(
      'no_key',
      'This needs the private key: set BACKUP_IDENTITY_FILE to its file (or BACKUP_IDENTITY to the key).',
    );
  }
  return found.map((line) => line.trim());
}

/** A new pair: the text of the file to keep, and the public key. */
export async function newKey(): Promise<{ file: string; recipient: string }> {
  const identity = await generateIdentity();
  const recipient = await identityToRecipient(identity);
  return {
    file: `# created: ${new Date().toISOString()}\n# public key: ${recipient}\n${identity}\n`,
    recipient,
  };
}

function encrypterFor(recipients: string[]): Encrypter {
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient);
    } catch {
      throw new BackupProblem(
        'no_key',
        `BACKUP_RECIPIENTS: "${recipient}" is not an age public key.`,
      );
    }
  }
  return encrypter;
}

function decrypterFor(identities: string[]): Decrypter {
  const decrypter = new Decrypter();
  for (const identity of identities) {
    try {
      decrypter.addIdentity(identity);
    } catch {
      // Its text is a secret: it is not repeated.
      throw new BackupProblem('wrong_key', 'The given private key is not an age key.');
    }
  }
  return decrypter;
}

export interface Written {
  bytes: number;
  sha256: string;
}

/** Counts and hashes what passes. */
function measured(): { through: Transform; seen(): Written } {
  const hash = createHash('sha256');
  let bytes = 0;
  const through = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      done(null, chunk);
    },
  });
  return { through, seen: () => ({ bytes, sha256: hash.copy().digest('hex') }) };
}

const web = (stream: Readable) => Readable.toWeb(stream) as ReadableStream<Uint8Array>;
const node = (stream: ReadableStream<Uint8Array>) =>
  Readable.fromWeb(stream as Parameters<typeof Readable.fromWeb>[0]);

/** Encrypts a stream into a file; tells the size and SHA-256 of what came and of what was written. */
export async function encryptTo(
  path: string,
  source: Readable,
  recipients: string[],
  onBytes: (bytes: number) => void = () => {},
): Promise<{ plain: Written; sealed: Written }> {
  const [plain, sealed] = [measured(), measured()];
  plain.through.on('data', (chunk: Buffer) => onBytes(chunk.length));
  const feeding = pipeline(source, plain.through);
  feeding.catch(() => {});
  const encrypted = await encrypterFor(recipients).encrypt(web(plain.through));
  await pipeline(node(encrypted), sealed.through, createWriteStream(path, { mode: 0o600 }));
  await feeding;
  return { plain: plain.seen(), sealed: sealed.seen() };
}

/** The plain content of an encrypted file. Ends with `wrong_key` or `damaged`. */
export async function decrypted(path: string, identities: string[]): Promise<Readable> {
  if (!existsSync(path)) throw new BackupProblem('not_found', `${path} is missing.`);
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  try {
    const opened = await decrypterFor(identities).decrypt(web(file));
    const out = node(opened);
    const guarded = new Transform({ transform: (chunk, _encoding, done) => done(null, chunk) });
    out.on('error', (error) => guarded.destroy(asProblem(error, path)));
    return out.pipe(guarded);
  } catch (error) {
    file.destroy();
    throw asProblem(error, path);
  }
}

/** Decrypts a file into another; tells what was written. */
export async function decryptTo(
  target: string,
  path: string,
  identities: string[],
  onBytes: (bytes: number) => void = () => {},
): Promise<Written> {
  const plain = measured();
  plain.through.on('data', (chunk: Buffer) => onBytes(chunk.length));
  await pipeline(
    await decrypted(path, identities),
    plain.through,
    createWriteStream(target, { mode: 0o600 }),
  );
  return plain.seen();
}

/** Size and SHA-256 of a file. */
export async function measureFile(path: string): Promise<Written> {
  const { through, seen } = measured();
  await pipeline(createReadStream(path), through.resume());
  return seen();
}

function asProblem(error: unknown, path: string): BackupProblem {
  if (error instanceof BackupProblem) return error;
  const said = error instanceof Error ? error.message : String(error);
  if (said.includes('no identity matched')) {
    return new BackupProblem(
      'wrong_key',
      `The private key is not the one that ${path} was made for.`,
    );
  }
  return new BackupProblem('damaged', `${path} has been damaged or changed: ${said}.`, {
    cause: error,
  });
}
