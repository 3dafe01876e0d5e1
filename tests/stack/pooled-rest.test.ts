import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { makeDirectory } from '../../local/folders.ts';
import { roleToken, signAgain } from '../../local/keys.ts';
import { freePort } from '../../local/ports.ts';
import { startRest } from '../../local/rest.ts';
import { type Person, person } from '../support/people.ts';
import { hasPooler, keepsPrepared, pooler } from '../support/pooler.ts';

/** How many requests there are; operators who changed their pooler ask more often. */
const requests = Number(process.env.STAYBASE_POOLED_REQUESTS ?? 1_200);

/** PostgREST behind PgBouncer. It cannot listen there, so it hears of no change of the schema. */
async function pooledRest(prepares: boolean): Promise<{ url: string; secret: string }> {
  const secret = randomBytes(32).toString('base64url');
  const [port, adminPort] = [await freePort(), await freePort()];
  const rest = await startRest({
    databaseUrl: await pooler('authenticator'),
    port,
    adminPort,
    jwtSecret: secret,
    dataDirectory: makeDirectory(join(inject('run').directory, 'workers', `pooled-${port}`)),
    listens: false,
    prepares,
  });
  onTestFinished(() => rest.stop());
  return { url: rest.url, secret };
}

test.skipIf(!hasPooler)(
  'twenty-four people who ask PostgREST through PgBouncer in transaction mode each see themselves alone',
  async () => {
    const { url, secret } = await pooledRest(keepsPrepared);
    const people: Person[] = [];
    for (let i = 0; i < 24; i++) people.push(await person(`Pooled${i}`));
    const stranger = { authorization: `Bearer ${roleToken('anon', secret)}` };

    /** What came back that was not the caller's own, or nothing at all. */
    const wrong: unknown[] = [];
    let asked = 0;
    const ask = async (path: string, headers: Record<string, string>, expected: unknown) => {
      asked += 1;
      const answer = await fetch(url + path, { headers });
      const body = await answer.json();
      const seen = answer.ok ? body : body.code;
      if (JSON.stringify(seen) !== JSON.stringify(expected)) {
        wrong.push({ path, status: answer.status, body });
      }
    };
    await Promise.all(people.map(async ({ id, token, email }) => {
      const own = { authorization: `Bearer ${signAgain(token, secret)}` };
      for (let i = 0; i < requests / 24; i++) {
        if (i % 4 === 1) await ask('/private_profiles?select=profile_id', stranger, '42501');
        else if (i % 4 === 2) {
          await ask(
            `/private_profiles?select=email&profile_id=neq.${people[i % 24]!.id}`,
            own,
            people[i % 24]!.id === id ? [] : [{ email }],
          );
        } else if (i % 4 === 3) await ask('/rpc/my_wishlists', own, []);
        else await ask('/private_profiles?select=profile_id', own, [{ profile_id: id }]);
      }
    }));
    expect(wrong).toEqual([]);
    expect(asked).toBeGreaterThanOrEqual(requests);
  },
);
