import { execFile, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { inProject } from '../../local/paths.ts';
import { freePort } from '../../local/ports.ts';
import { postgresUser } from '../../local/postgres/binaries.ts';
import { localPassword } from '../../local/postgres/cluster.ts';
import { startProgram } from '../../local/processes.ts';
import { withDatabase } from '../support/databases.ts';
import { hasPooler } from '../support/pooler.ts';

// What holds clients while another server takes over: the scripts of operate/upgrade, in front of what this machine has.

const hasPsql = spawnSync('psql', ['--version']).status === 0;
const hasHaproxy = spawnSync('haproxy', ['-v']).status === 0 &&
  spawnSync('perl', ['-MIO::Socket::UNIX', '-e1']).status === 0;
const path = process.env.PATH ?? '';

const run = async (script: string, env: Record<string, string>, ...words: string[]) =>
  (await promisify(execFile)('sh', [inProject('operate', 'upgrade', script), ...words], {
    env: { PATH: path, ...env },
  })).stdout;

/** The path of a socket has at most 97 characters. */
function folder(): string {
  const own = mkdtempSync(join(tmpdir(), 'gate-'));
  onTestFinished(() => rmSync(own, { recursive: true }));
  return own;
}

test.skipIf(!hasPooler || !hasPsql)(
  'at the gate of PgBouncer requests wait, sessions end, and those who waited are led elsewhere',
  async () => {
    await withDatabase(async (_, old) => {
      await withDatabase(async (_, next) => {
        const [own, port, user] = [folder(), await freePort(), postgresUser()];
        const admin = randomUUID();
        const put = (name: string, text: string) => {
          writeFileSync(join(own, name), text);
          return join(own, name);
        };
        const server = `host=127.0.0.1 port=${inject('run').postgresPort}`;
        for (const [name, database] of Object.entries({ '': old, '.old': old, '.new': next })) {
          put(
            `databases${name}.ini`,
            `postgres = ${server} dbname=${database}
sessions = ${server} dbname=${database} pool_mode=session\n`,
          );
        }
        const settings = put(
          'pgbouncer.ini',
          `[databases]
%include ${own}/databases.ini
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = plain
auth_file = ${put('users.txt', `"postgres" "${localPassword}"\n"pgbouncer" "${admin}"\n`)}
admin_users = pgbouncer
pool_mode = transaction\n`,
        );
        if (user.uid !== undefined && user.gid !== undefined) {
          for (const one of [own, settings, join(own, 'users.txt')]) {
            chownSync(one, user.uid, user.gid);
          }
        }
        const program = await startProgram({
          name: 'pgbouncer',
          command: process.env.PGBOUNCER ?? 'pgbouncer',
          args: [settings],
          env: { PATH: path },
          dataDirectory: own,
          ...(user.uid === undefined ? {} : { uid: user.uid }),
          ...(user.gid === undefined ? {} : { gid: user.gid }),
        });
        onTestFinished(() => program.stop());
        const address = (who: string, database: string) =>
          `postgresql://${who}@127.0.0.1:${port}/${database}?sslmode=disable`;
        const enter = async (who: string, database: string) => {
          const client = new pg.Client({ connectionString: address(who, database) });
          client.on('error', () => {});
          await client.connect();
          onTestFinished(() => client.end().catch(() => {}));
          return client;
        };
        const guest = `postgres:${localPassword}`;
        const gate = (word: string) =>
          run('gate.sh', {
            PGBOUNCER_ADMIN: address(`pgbouncer:${admin}`, 'pgbouncer'),
            PGBOUNCER_FOLDER: own,
          }, word);
        await expect.poll(() => enter(guest, 'postgres').then(() => true, () => false)).toBe(true);

        const request = await enter(guest, 'postgres');
        const session = await enter(guest, 'sessions');
        const where = async (client: pg.Client) =>
          (await client.query('select current_database() as name')).rows[0].name;
        expect([await where(request), await where(session)]).toEqual([old, old]);

        // It closes when the last transaction has ended, and not before.
        await request.query('begin');
        let isClosed = false;
        const closing = gate('close').then(() => isClosed = true);
        const console_ = spawnConsole(address(`pgbouncer:${admin}`, 'pgbouncer'));
        await expect.poll(() => console_('show databases')).toMatch(/^postgres\|.*\|1\|\d$/m);
        expect(isClosed).toBe(false);
        const ended = once(session, 'end');
        await request.query('commit');
        await closing;
        await ended;

        const waiting = where(request);
        // The second number of a pool: clients that wait.
        await expect.poll(() => console_('show pools')).toMatch(/^postgres\|postgres\|\d+\|1\|/m);
        await gate('new');
        await gate('open');
        expect(await waiting).toBe(next);
        expect(await where(await enter(guest, 'sessions'))).toBe(next);
        // A gate that is open may be opened.
        await gate('open');
      });
    });
  },
);

/** Asks PgBouncer's console, which does not speak the protocol that node-postgres wants. */
const spawnConsole = (url: string) => async (command: string): Promise<string> =>
  (await promisify(execFile)('psql', ['-XAt', '-c', command, url], { env: { PATH: path } })).stdout;

test.skipIf(!hasHaproxy)(
  'HAProxy holds new connections, says who leads, and lets go of those that waited',
  async () => {
    const [own, writes, sessions] = [folder(), await freePort(), await freePort()];
    const server = createServer((socket: Socket) => socket.end('here')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const part = (name: string, at: number) =>
      `listen ${name}\n  bind 127.0.0.1:${at}\n  server db1 127.0.0.1:1 check inter 100ms
  server db2 127.0.0.1:${port} check inter 100ms\n`;
    const file = join(own, 'haproxy.cfg');
    writeFileSync(
      file,
      `global\n  stats socket ${own}/admin.sock mode 600 level admin\n  maxconn 100
defaults\n  mode tcp\n  timeout connect 5s\n  timeout client 1h\n  timeout server 1h
${part('writes', writes)}${part('sessions', sessions)}`,
    );
    const program = await startProgram({
      name: 'haproxy',
      command: 'haproxy',
      args: ['-db', '-f', file],
      env: { PATH: path },
      dataDirectory: own,
    });
    onTestFinished(() => program.stop());
    const hold = (...words: string[]) =>
      run('hold.sh', { HAPROXY_SOCKET: join(own, 'admin.sock') }, ...words);
    await expect.poll(() => hold('leader').catch(() => '')).toBe('db2\n');

    await hold('on');
    const answers: string[] = [];
    const visit = async (at: number) => {
      const socket = connect(at, '127.0.0.1');
      for await (const said of socket) answers.push(String(said));
    };
    const visits = [visit(writes), visit(sessions)];
    await new Promise((wake) => setTimeout(wake, 500));
    expect(answers).toEqual([]);
    await hold('off', '100');
    await Promise.all(visits);
    expect(answers).toEqual(['here', 'here']);
  },
);
