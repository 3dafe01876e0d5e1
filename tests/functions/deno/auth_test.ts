import { openAuth } from '../../../supabase/functions/_shared/auth.ts';
import { assertEquals, assertRejects } from './assert.ts';

/**
 * An Auth that signs with a key pair, as hosted Supabase does; `status` is what its door answers.
 * Each has a key id of its own, for supabase-js keeps the keys it has seen.
 */
async function authServer(status = 200, kid: string = crypto.randomUUID()) {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(
    { name: 'ECDSA', namedCurve: 'P-256' },
    true,
    ['sign', 'verify'],
  );
  const jwk = {
    ...await crypto.subtle.exportKey('jwk', publicKey),
    kid,
    alg: 'ES256',
    use: 'sig',
  };
  const server = Deno.serve(
    { port: 0, hostname: '127.0.0.1', onListen: () => {} },
    ({ url }) =>
      status === 200 && url.endsWith('/.well-known/jwks.json')
        ? Response.json({ keys: [jwk] })
        : Response.json({ message: 'no' }, { status: status === 200 ? 403 : status }),
  );
  const encode = (bytes: Uint8Array) =>
    bytes.toBase64({ alphabet: 'base64url', omitPadding: true });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    async token(claims: Record<string, unknown>): Promise<string> {
      const now = Math.floor(Date.now() / 1000);
      const part = (value: unknown) => encode(new TextEncoder().encode(JSON.stringify(value)));
      const content = `${part({ alg: 'ES256', typ: 'JWT', kid })}.${
        part({ iss: 'test', iat: now, exp: now + 60, ...claims })
      }`;
      const signature = await crypto.subtle.sign(
        { name: 'ECDSA', hash: 'SHA-256' },
        privateKey,
        new TextEncoder().encode(content),
      );
      return `${content}.${encode(new Uint8Array(signature))}`;
    },
    stop: () => server.shutdown(),
  };
}

function personAt(url: string, token: string) {
  Deno.env.set('SUPABASE_URL', url);
  Deno.env.set('SUPABASE_PUBLISHABLE_KEY', 'sb_publishable_1');
  const headers = { authorization: `Bearer ${token}` };
  return openAuth().person(new Request('http://functions/any', { method: 'POST', headers }));
}

const sub = '00000000-0000-4000-8000-00000000000a';

Deno.test('a token signed with the key pair of the project is its person', async () => {
  const auth = await authServer();
  const token = await auth.token({ sub, role: 'authenticated' });
  assertEquals(await personAt(auth.url, token), { id: sub, token });
  await auth.stop();
});

Deno.test('signed, and yet no person: other roles, nobody, an old one, an altered one', async () => {
  const auth = await authServer(200, 'k1');
  const other = await authServer(200, 'k1');
  const good = await auth.token({ sub, role: 'authenticated' });
  await personAt(auth.url, good);
  for (
    const token of [
      await auth.token({ role: 'anon' }),
      await auth.token({ sub, role: 'anon' }),
      await auth.token({ sub, role: 'service_role' }),
      await auth.token({ role: 'authenticated' }),
      await auth.token({ sub, role: 'authenticated', exp: Math.floor(Date.now() / 1000) - 1 }),
      await other.token({ sub, role: 'authenticated' }),
      good.replace(/\.[^.]+\./, `.${btoa('{"role":"authenticated"}').replaceAll('=', '')}.`),
      `${good}x`,
      'a.b.c',
    ]
  ) {
    await assertRejects(() => personAt(auth.url, token), 'sign_in_required');
  }
  await Promise.all([auth.stop(), other.stop()]);
});

Deno.test('an Auth that is away says nothing about the token: try again', async () => {
  const auth = await authServer(503);
  const token = await auth.token({ sub, role: 'authenticated' });
  await assertRejects(() => personAt(auth.url, token), 'try_again');
  await auth.stop();
});
