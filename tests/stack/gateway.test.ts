import { createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startGateway } from '../../local/gateway.ts';
import { createRealtime } from '../../local/realtime/server.ts';
import { keys } from '../../local/keys.ts';
import { createMailbox } from '../../local/mail.ts';
import { anonClient, clientOf, person, serviceClient, tokenFor } from '../support/people.ts';
import { asPostgres, freshDatabase, mailTo, testApi, testStripe } from '../support/stack.ts';

const ask = async (path: string, init?: RequestInit & { duplex?: 'half' }) =>
  fetch(`${(await testApi()).url}${path}`, init);
const withKey = (headers: Record<string, string> = {}) => ({
  headers: { apikey: keys.publishable, ...headers },
});

test('a request without a key is refused, and one with a wrong key too', async () => {
  const none = await ask('/rest/v1/profiles');
  expect(none.status).toBe(401);
  expect(await none.json()).toMatchObject({ message: 'No API key found in request' });
  const wrong = await ask('/rest/v1/profiles', { headers: { apikey: 'sb_publishable_wrong' } });
  expect(wrong.status).toBe(401);
  expect(await wrong.json()).toMatchObject({ message: 'Invalid API key' });
  expect((await ask('/storage/v1/bucket')).status).toBe(401);
  expect((await ask('/auth/v1/settings')).status).toBe(401);
});

test('the key may come as a header, as a bearer token or in the address', async () => {
  expect((await ask('/rest/v1/profiles', withKey())).status).toBe(200);
  const bearer = { headers: { authorization: `Bearer ${keys.publishable}` } };
  expect((await ask('/rest/v1/profiles', bearer)).status).toBe(200);
  expect((await ask(`/rest/v1/profiles?apikey=${keys.publishable}`)).status).toBe(200);
});

test('the secret key is the service role, the publishable one a stranger, a token its person', async () => {
  await asPostgres(
    `create function public.who() returns text language sql as $$ select concat(current_user, ' ', auth.uid()) $$`,
  );
  await asPostgres('grant execute on function public.who() to anon, authenticated, service_role');
  await asPostgres(`notify pgrst, 'reload schema'`);
  const ada = await person('Ada');
  const who = async (headers: Record<string, string>) =>
    (await ask('/rest/v1/rpc/who', { method: 'POST', headers })).json();

  await expect.poll(() => who({ apikey: keys.publishable })).toBe('anon ');
  expect(await who({ apikey: keys.secret })).toBe('service_role ');
  expect(await who({ apikey: keys.publishable, authorization: `Bearer ${ada.token}` }))
    .toBe(`authenticated ${ada.id}`);
  expect(await who({ apikey: keys.secret, authorization: `Bearer ${ada.token}` }))
    .toBe(`authenticated ${ada.id}`);
});

test('a token that expired or was signed by somebody else is refused', async () => {
  const { id, email, token } = await person('Ada');
  const expired = tokenFor({ id, email, expiresIn: -60 });
  const forged = `${token.slice(0, -6)}AAAAAA`;
  for (const bad of [expired, forged, 'nonsense']) {
    const answer = await ask('/rest/v1/profiles', withKey({ authorization: `Bearer ${bad}` }));
    expect(answer.status).toBe(401);
  }
});

test('private, gate, auth and storage are not in the API, not even for a server', async () => {
  for (const schema of ['private', 'gate', 'auth', 'storage', 'tests']) {
    const answer = await ask('/rest/v1/settings', {
      headers: { apikey: keys.secret, 'accept-profile': schema },
    });
    expect([schema, answer.status]).toEqual([schema, 406]);
  }
});

test('estimated and planned counts are refused, however the header is written', async () => {
  const counts: [string, string][][] = [
    [['prefer', 'count=planned']],
    [['prefer', 'count=estimated']],
    [['prefer', 'count=planned'], ['prefer', 'return=minimal']],
    [['prefer', 'return=minimal, count = planned']],
  ];
  for (const headers of counts) {
    const answer = await ask('/rest/v1/profiles', {
      headers: [['apikey', keys.publishable], ...headers],
    });
    expect([headers, answer.status]).toEqual([headers, 400]);
  }
});

test('a browser on another site may call the API', async () => {
  const preflight = await ask('/rest/v1/profiles', {
    method: 'OPTIONS',
    headers: {
      origin: 'http://localhost:3000',
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization,apikey,x-client-info',
    },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
  expect(preflight.headers.get('access-control-allow-headers')).toMatch(/authorization/);
  const answer = await ask('/rest/v1/profiles', withKey({ origin: 'http://localhost:3000' }));
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  expect(answer.headers.get('access-control-expose-headers')).toMatch(/content-range/);
});

test('uploads arrive byte for byte, as Blob, File and Buffer, and are read back by everyone', async () => {
  const grace = await person('Grace');
  await asPostgres(
    `create policy "anything goes" on storage.objects for all to authenticated using (true) with check (true)`,
  );
  await (await serviceClient()).storage
    .createBucket('pictures', { public: true, allowedMimeTypes: ['image/png'] });
  const photos = (await clientOf(grace)).storage.from('pictures');
  const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 251);
  const bodies = {
    'blob.png': new Blob([bytes], { type: 'image/png' }),
    'file.png': new File([bytes], 'file.png', { type: 'image/png' }),
    'buffer.png': Buffer.from(bytes),
  };
  for (const [name, body] of Object.entries(bodies)) {
    const { error } = await photos.upload(name, body, { contentType: 'image/png' });
    expect([name, error]).toEqual([name, null]);
    const answer = await fetch(photos.getPublicUrl(name).data.publicUrl);
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(Buffer.from(await answer.arrayBuffer()).equals(Buffer.from(bytes))).toBe(true);
  }
  const { error } = await photos.upload('page.html', new Blob(['<p>'], { type: 'text/html' }));
  expect(error).not.toBeNull();
});

test('a signed address opens a private file, and no other does', async () => {
  const service = await serviceClient();
  await service.storage.createBucket('papers', { public: false });
  const papers = service.storage.from('papers');
  const { error: uploadError } = await papers.upload(
    'deed.txt',
    new Blob(['deed'], { type: 'text/plain' }),
  );
  expect(uploadError).toBeNull();

  const { data, error } = await papers.createSignedUrl('deed.txt', 60);
  expect(error).toBeNull();
  expect(await (await fetch(data?.signedUrl ?? '')).text()).toBe('deed');
  const unsigned = await fetch(papers.getPublicUrl('deed.txt').data.publicUrl);
  expect(unsigned.ok).toBe(false);

  const several = await papers.createSignedUrls(['deed.txt', 'none.txt'], 60);
  expect(
    several.data?.map(({ path, error, signedUrl }) => [path, error === null, signedUrl !== null]),
  )
    .toEqual([['deed.txt', true, true], ['none.txt', false, false]]);
  expect(await (await fetch(several.data?.[0]?.signedUrl ?? '')).text()).toBe('deed');
  const { data: none } = await (await anonClient()).storage.from('papers')
    .createSignedUrls(['deed.txt'], 60);
  expect(none?.map(({ error }) => error === null)).toEqual([false]);
});

test('a code from a mail signs in, asked for as type email', async () => {
  const client = await anonClient();
  await client.auth.signUp({ email: 'joan@example.com', password: 'correct horse battery' });
  await client.auth.signOut();
  expect((await client.auth.signInWithOtp({ email: 'joan@example.com' })).error).toBeNull();
  const [mail] = mailTo('joan@example.com');
  const token = /<strong>(\d{6})<\/strong>/.exec(mail?.html ?? '')?.[1] ?? '';

  const wrong = await client.auth.verifyOtp({
    email: 'joan@example.com',
    token: '000000',
    type: 'email',
  });
  expect(wrong.error).not.toBeNull();
  const { data, error } = await client.auth.verifyOtp({
    email: 'joan@example.com',
    token,
    type: 'email',
  });
  expect(error).toBeNull();
  expect(data.user?.email).toBe('joan@example.com');
  expect(mail?.html).toContain('http://127.0.0.1:3000/auth/confirm?token_hash=');
});

test('mail posted by a function is kept, shown and never markup of ours', async () => {
  const sent = await ask('/mail/v1/send', {
    method: 'POST',
    body: JSON.stringify({ to: 'Ada@example.com', subject: '<b>hello</b>', text: 'a < b' }),
  });
  expect(sent.status).toBe(200);
  expect(mailTo('ada@example.com')).toMatchObject([{ subject: '<b>hello</b>', text: 'a < b' }]);
  const page = await (await ask('/mail')).text();
  expect(page).not.toContain('<b>hello</b>');
  expect(page).toContain('&#60;b&#62;hello');
  const half = await ask('/mail/v1/send', { method: 'POST', body: '{"to": "a@example.com"}' });
  expect(half.status).toBe(400);
});

test('a link in a mail opens a page of its own, where scripts run', async () => {
  await ask('/mail/v1/send', {
    method: 'POST',
    body: JSON.stringify({ to: 'Ada@example.com', subject: 'x', html: '<a href="/x">x</a>' }),
  });
  const page = await (await ask('/mail')).text();
  expect(page).toContain('allow-popups-to-escape-sandbox');
  expect(page).toContain('&#60;base target=&#34;_blank&#34;&#62;&#60;a');
});

test('a page opens with a slash at its end, too', async () => {
  const { url } = await testApi();
  for (const page of ['mail', 'graphiql', 'mail/preview']) {
    const answer = await fetch(`${url}/${page}/`);
    expect([answer.status, answer.url]).toEqual([200, `${url}/${page}`]);
  }
  const reference = await fetch(`${url}/docs`);
  expect([reference.status, reference.url]).toEqual([200, `${url}/docs/`]);
});

test('the health of each part is told', async () => {
  const answer = await ask('/health');
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ postgres: true, rest: true, auth: true });
});

test('a function that is not there is a 404, whatever its name', async () => {
  for (const name of ['nobody', '..%2f..%2flocal', '_shared']) {
    const answer = await ask(`/functions/v1/${name}`, { method: 'POST', ...withKey() });
    expect([name, answer.status]).toEqual([name, 404]);
  }
});

test('the database is swapped under the running API', async () => {
  const client = await clientOf(await person('Ada'));
  const people = async () => (await client.from('profiles').select('*', { count: 'exact' })).count;
  expect(await people()).toBeGreaterThan(0);
  await freshDatabase();
  expect(await people()).toBe(0);
});

test('a body over the limit is a 413 that a browser can read, with and without a length', async () => {
  const size = 51 * 1024 * 1024;
  const endless = (): ReadableStream => {
    let sent = 0;
    return new ReadableStream({
      pull(controller) {
        sent += 1_000_000;
        if (sent > size + 1_000_000) controller.close();
        else controller.enqueue(new Uint8Array(1_000_000));
      },
    });
  };
  const paths = [
    '/rest/v1/rpc/quote_stay',
    '/auth/v1/signup',
    '/storage/v1/object/photo-uploads/huge.jpg',
    '/functions/v1/create-payment',
    '/mail/v1/send',
  ];
  for (const path of paths) {
    for (const body of [Buffer.alloc(size), endless()]) {
      const answer = await ask(path, { method: 'POST', ...withKey(), body, duplex: 'half' });
      expect([path, answer.status]).toEqual([path, 413]);
      expect(await answer.json()).toMatchObject({ code: 'body_too_large' });
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    }
  }
});

test('a body that a function or Stripe finds too large is a 413, however much of it is on its way', async () => {
  for (const size of [20_000, 2_000_000, 40_000_000]) {
    const answer = await ask('/functions/v1/create-payment', {
      method: 'POST',
      ...withKey({ authorization: `Bearer ${(await person('Ada')).token}` }),
      body: JSON.stringify({ booking_id: 'x'.repeat(size) }),
    });
    expect([size, answer.status, await answer.json()])
      .toEqual([size, 413, expect.objectContaining({ code: 'body_too_large' })]);
  }
  const stripe = await fetch(`${(await testStripe()).url}/v1/customers`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_staybase_local' },
    body: `name=${'x'.repeat(2_000_000)}`,
  });
  expect(stripe.status).toBe(413);
});

test('a changed address is confirmed at both, in any order, and changes with the second', async () => {
  for (const order of [['old', 'new'], ['new', 'old']]) {
    const [from, to] = [`from-${order[0]}@example.com`, `to-${order[0]}@example.com`];
    const client = await anonClient();
    await client.auth.signUp({ email: from, password: 'correct horse battery' });
    expect((await client.auth.updateUser({ email: to })).error).toBeNull();
    const links = Object.fromEntries(
      [['old', from], ['new', to]].map(([whose, address = '']) => {
        const html = mailTo(address).at(-1)?.html ?? '';
        const link = /href="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
        expect(link).toMatch(
          /^http:\/\/127\.0\.0\.1:3000\/auth\/confirm\?token_hash=\w+&type=email_change$/,
        );
        return [whose, new URL(link).searchParams.get('token_hash') ?? ''];
      }),
    );
    const confirm = async (whose: string) =>
      await (await anonClient()).auth.verifyOtp({
        token_hash: links[whose] ?? '',
        type: 'email_change',
      });
    const address = async () => (await client.auth.getUser()).data.user?.email;

    const first = await confirm(order[0] ?? '');
    expect([first.error, first.data.session, await address()]).toEqual([null, null, from]);
    expect((await confirm(order[0] ?? '')).error).not.toBeNull();
    expect(await address()).toBe(from);
    const second = await confirm(order[1] ?? '');
    expect(second.error).toBeNull();
    expect(second.data.user?.email).toBe(to);
    expect(await address()).toBe(to);
  }
});

/** A gateway before a PostgREST that answers the first request of each connection and closes it at the next. */
async function gatewayBeforeAnImpatientOne() {
  const sockets: Socket[] = [];
  const heard: string[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    let times = 0;
    socket.on('data', (data) => {
      heard.push(/^\S+/.exec(data.toString())![0]);
      times += 1;
      if (times > 1) socket.destroy();
      else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const gateway = await startGateway({
    realtime: createRealtime('postgresql://nobody@127.0.0.1:1/none'),
    rest: { url: `http://127.0.0.1:${port}`, jwtSecret: 'x'.repeat(32) },
    authAndStorage: () => Promise.reject(new Error('nobody asks')),
    functions: () => Promise.reject(new Error('nobody asks')),
    mailbox: createMailbox(),
    health: () => Promise.resolve({}),
  }, 0);
  onTestFinished(async () => {
    await gateway.stop();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const send = async (method: string) =>
    (await fetch(`${gateway.url}/rest/v1/listings`, { method, ...withKey() })).status;
  return { heard, sockets, send };
}

/** Until the connection of the answer before is idle, and may be taken again. */
const calm = () => new Promise((wake) => setTimeout(wake, 200));

test('a read that met a closing connection is asked again on another', async () => {
  const { heard, sockets, send } = await gatewayBeforeAnImpatientOne();
  expect(await send('GET')).toBe(200);
  // Which connection is taken is the client's choice; in the end it takes one that was used.
  for (let times = 1; heard.length <= times; times += 1) {
    await calm();
    expect(await send('GET')).toBe(200);
  }
  expect(sockets).toHaveLength(heard.length - 1);
});

test('a write that met one is not: it may have happened', async () => {
  const { heard, send } = await gatewayBeforeAnImpatientOne();
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => said.mockRestore());
  let [status, writes] = [200, 0];
  while (status === 200 && heard.length === writes) {
    status = await send('POST');
    writes += 1;
    await calm();
  }
  expect(status).toBe(502);
  expect(heard).toEqual(Array(writes).fill('POST'));
  expect(said).toHaveBeenCalledWith(
    expect.stringMatching(/^POST \/rest\/v1\/listings \(.+\): fetch failed: \w+: /),
  );
});
