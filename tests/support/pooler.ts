import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { freePort } from '../../local/ports.ts';
import { postgresUser } from '../../local/postgres/binaries.ts';
import { connectCluster, localPassword, type LoginRole } from '../../local/postgres/cluster.ts';
import { startProgram } from '../../local/processes.ts';
import { testDatabase } from './stack.ts';

/** PGBOUNCER names another one than that of the machine. */
const command = process.env.PGBOUNCER ?? 'pgbouncer';
const said = spawnSync(command, ['--version'], { encoding: 'utf8' }).stdout ?? '';
const [, major, minor] = /PgBouncer (\d+)\.(\d+)/.exec(said) ?? [];

export const hasPooler = major !== undefined;
/** From 1.21 on it keeps the prepared statements of its clients. */
export const keepsPrepared = Number(major) > 1 || Number(minor) >= 21;

/** A PgBouncer in transaction mode before the test's Postgres, with fewer connections than callers. */
export async function pooler(
  role: LoginRole,
  { connections = 3, clients = 100 } = {},
): Promise<string> {
  const directory = join(inject('run').directory, 'workers', `${process.pid}-${randomUUID()}`);
  const [port, user] = [await freePort(), postgresUser()];
  mkdirSync(directory, { recursive: true });
  const file = (name: string, text: string) => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const users = file('users.txt', `"${role}" "${localPassword}"\n`);
  const settings = file(
    'pgbouncer.ini',
    `[databases]
* = host=127.0.0.1 port=${inject('run').postgresPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = plain
auth_file = ${users}
pool_mode = transaction
default_pool_size = ${connections}
max_client_conn = ${clients}
${keepsPrepared ? 'max_prepared_statements = 200\n' : ''}`,
  );
  for (const path of [directory, users, settings]) {
    if (user.uid !== undefined && user.gid !== undefined) chownSync(path, user.uid, user.gid);
  }
  const program = await startProgram({
    name: 'pgbouncer',
    command,
    args: [settings],
    env: { PATH: process.env.PATH ?? '' },
    dataDirectory: directory,
    ...(user.uid === undefined ? {} : { uid: user.uid }),
    ...(user.gid === undefined ? {} : { gid: user.gid }),
  });
  onTestFinished(() => program.stop());
  const { name } = await testDatabase();
  return connectCluster(port, inject('run').directory).url(name, role);
}
