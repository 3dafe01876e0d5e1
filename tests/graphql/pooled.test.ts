import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { startEdge } from '../../local/edge.ts';
import { keys } from '../../local/keys.ts';
import { freePort } from '../../local/ports.ts';
import { postgresUser } from '../../local/postgres/binaries.ts';
import { connectCluster, localPassword } from '../../local/postgres/cluster.ts';
import { startProgram } from '../../local/processes.ts';
import { type Person, person } from '../support/people.ts';
import { now, testApi, testDatabase } from '../support/stack.ts';

const hasPooler = spawnSync('pgbouncer', ['--version']).status === 0;

/** A PgBouncer in transaction mode before the test's Postgres, with fewer connections than callers. */
async function pooler(directory: string): Promise<string> {
  const [port, user] = [await freePort(), postgresUser()];
  mkdirSync(directory, { recursive: true });
  const file = (name: string, text: string) => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const users = file('users.txt', `"staybase_graphql" "${localPassword}"\n`);
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
default_pool_size = 3
max_client_conn = 100
`,
  );
  for (const path of [directory, users, settings]) {
    if (user.uid !== undefined && user.gid !== undefined) chownSync(path, user.uid, user.gid);
  }
  const program = await startProgram({
    name: 'pgbouncer',
    command: 'pgbouncer',
    args: [settings],
    env: { PATH: process.env.PATH ?? '' },
    dataDirectory: directory,
    ...(user.uid === undefined ? {} : { uid: user.uid }),
    ...(user.gid === undefined ? {} : { gid: user.gid }),
  });
  onTestFinished(() => program.stop());
  const { name } = await testDatabase();
  return connectCluster(port, inject('run').directory).url(name, 'staybase_graphql');
}

test.skipIf(!hasPooler)(
  'twenty-four people at once through PgBouncer in transaction mode each see themselves alone',
  async () => {
    const directory = join(inject('run').directory, 'workers', `${process.pid}-pooled`);
    const graphqlUrl = await pooler(directory);
    const edge = await startEdge({
      ports: { functions: await freePort(), stripe: await freePort() },
      gatewayUrl: (await testApi()).url,
      siteUrl: 'http://127.0.0.1:3000',
      databaseUrl: (await testDatabase()).url,
      graphqlUrl,
      dataDirectory: directory,
      now,
      stripe: 'fake',
    });
    onTestFinished(() => edge.stop());

    const people: Person[] = [];
    for (let i = 0; i < 24; i++) people.push(await person(`Reader${i}`));
    const seen = await Promise.all(people.map(async ({ id, token }) => {
      const foreign: unknown[] = [];
      for (let i = 0; i < 60; i++) {
        const response = await fetch(`${edge.functions.url}/graphql`, {
          method: 'POST',
          headers: {
            apikey: keys.publishable,
            'x-staybase-door': edge.functions.door,
            'content-type': 'application/json',
            authorization: `Bearer ${token}`,
          },
          body: JSON.stringify({
            query:
              '{ privateProfiles(first: 100) { nodes { profileId email } } profile(profileId: ' +
              `"${id}") { displayName privateProfile { profileId } } }`,
          }),
        });
        const { data, errors } = await response.json();
        const own = data?.privateProfiles?.nodes;
        if (
          errors || own?.length !== 1 || own[0].profileId !== id ||
          data.profile.privateProfile?.profileId !== id
        ) {
          foreign.push({ errors, own });
        }
      }
      return foreign;
    }));
    expect(seen.flat()).toEqual([]);
  },
);
