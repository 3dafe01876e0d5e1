import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Client, clientOf, type Person, person, serviceClient } from '../support/people.ts';
import { home } from '../support/stays.ts';
import { asPostgres, mailTo, moveClock, runDueJobs, testApi } from '../support/stack.ts';
import { begins } from './paying.ts';

interface Heard {
  body: string;
  signature: string;
  event: string;
  standard: { id: string; timestamp: string; signature: string };
}

/** Another program: hears of events and answers with `status`. */
const ear = { heard: [] as Heard[], status: 200, url: '' };
let server: Server;
let ada: Person;
let hedy: Person;
let adas: Client;
let hedys: Client;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => body += chunk);
    request.on('end', () => {
      ear.heard.push({
        body,
        signature: String(request.headers['staybase-signature']),
        event: String(request.headers['staybase-event']),
        standard: {
          id: String(request.headers['webhook-id']),
          timestamp: String(request.headers['webhook-timestamp']),
          signature: String(request.headers['webhook-signature']),
        },
      });
      response.writeHead(ear.status, { location: `${ear.url}/elsewhere` }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ear.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  [ada, hedy] = [await person('Ada'), await person('Hedy')];
  [adas, hedys] = [await clientOf(ada), await clientOf(hedy)];
});

beforeEach(async () => {
  await begins();
  await asPostgres('delete from private.webhook_endpoints');
  await asPostgres('delete from public.notification_settings');
  await asPostgres(`update public.private_profiles set locale = 'en'`);
  ear.heard = [];
  ear.status = 200;
});

afterAll(() => {
  server.close();
});

async function listen(event_types?: string[]) {
  const { data } = await (await serviceClient()).rpc('add_webhook_endpoint', {
    endpoint_id: randomUUID(),
    url: ear.url,
    ...(event_types ? { event_types } : {}),
  }).throwOnError();
  return { id: data.endpoint_id ?? '', secret: data.secret ?? '' };
}

/** Ada asks Hedy about a home of hers; returns the conversation's id. */
async function ask(body = 'Is it quiet?') {
  const { data } = await adas.rpc('start_conversation', {
    message_id: randomUUID(),
    listing_id: await home({ title: 'The Mill' }),
    body,
  }).throwOnError();
  return data.conversation_id;
}

const say = async (client: Client, conversation_id: string, body: string) =>
  await client.rpc('send_message', { message_id: randomUUID(), conversation_id, body })
    .throwOnError();

const attemptsAt = async (endpoint_id: string) =>
  (await (await serviceClient()).rpc('list_webhook_attempts', { endpoint_id }).throwOnError()).data;

/** Whether Stripe's own SDK takes the signature. */
const isSigned = ({ body, signature }: Heard, secret: string) => {
  const { webhooks } = new Stripe('sk_test_1');
  return webhooks.signature?.verifyHeader(body, signature, secret, 300) === true;
};

/** Whether the signature is one of Standard Webhooks 1.0.0, as its libraries check it. */
const isStandard = ({ body, standard: { id, timestamp, signature } }: Heard, secret: string) => {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const age = Math.abs(Date.now() / 1000 - Number(timestamp));
  return age < 300 && signature.split(' ').includes(`v1,${expected}`);
};

test('a program hears of an event once, signed as Stripe signs, without a word of what was said', async () => {
  const { id, secret } = await listen(['message.sent']);
  const conversation = await ask();
  await runDueJobs();
  await runDueJobs();
  const [heard, ...more] = ear.heard;
  expect(more).toEqual([]);
  if (heard === undefined) throw new Error('Nothing was heard.');
  expect(isSigned(heard, secret)).toBe(true);
  expect(() => isSigned({ ...heard, body: `${heard.body} ` }, secret)).toThrow();
  const event = JSON.parse(heard.body);
  expect(event).toMatchObject({
    id: heard.event,
    type: 'message.sent',
    data: { conversation_id: conversation, side: 'guest', kind: 'text' },
  });
  expect(heard.body).not.toContain('quiet');
  expect(await attemptsAt(id)).toMatchObject([{
    event_id: event.id,
    attempt: 1,
    status_code: 200,
  }]);
});

test('an event has the headers of Standard Webhooks too', async () => {
  const { secret } = await listen(['message.sent']);
  await ask();
  await runDueJobs();
  const [heard] = ear.heard;
  if (heard === undefined) throw new Error('Nothing was heard.');
  expect(heard.standard.id).toBe(JSON.parse(heard.body).id);
  expect(isStandard(heard, secret)).toBe(true);
  for (
    const other of [
      { ...heard, body: `${heard.body} ` },
      { ...heard, standard: { ...heard.standard, id: randomUUID() } },
      { ...heard, standard: { ...heard.standard, timestamp: heard.standard.timestamp + 1 } },
    ]
  ) expect(isStandard(other, secret)).toBe(false);
});

test('what a program does not take comes again, ever more rarely, as the same event', async () => {
  const { id } = await listen();
  ear.status = 503;
  await ask();
  await runDueJobs();
  await runDueJobs();
  expect(ear.heard).toHaveLength(1);
  await moveClock('6 seconds');
  await runDueJobs();
  ear.status = 200;
  await moveClock('11 seconds');
  await runDueJobs();
  await moveClock('1 day');
  await runDueJobs();
  expect(ear.heard).toHaveLength(3);
  expect(new Set(ear.heard.map(({ event }) => event)).size).toBe(1);
  expect(new Set(ear.heard.map(({ standard }) => standard.id)).size).toBe(1);
  expect((await attemptsAt(id)).map(({ status_code }) => status_code)).toEqual([200, 503, 503]);
});

test('a redirect is not followed, and a program that is gone hears no more', async () => {
  const { id } = await listen();
  ear.status = 302;
  await ask();
  await runDueJobs();
  expect(ear.heard).toHaveLength(1);
  ear.status = 410;
  await moveClock('1 minute');
  await runDueJobs();
  await moveClock('1 hour');
  await runDueJobs();
  await ask();
  await runDueJobs();
  expect(ear.heard).toHaveLength(2);
  const { data } = await (await serviceClient()).rpc('list_webhook_endpoints').throwOnError();
  expect(data).toMatchObject([{ endpoint_id: id, disabled_at: expect.any(String), secret: null }]);
});

test('while a secret is changed both sign', async () => {
  const { id, secret: old } = await listen(['message.sent']);
  const { data } = await (await serviceClient()).rpc('rotate_webhook_secret', { endpoint_id: id })
    .throwOnError();
  await ask();
  await runDueJobs();
  await moveClock('25 hours');
  await ask();
  await runDueJobs();
  const [during, after] = ear.heard;
  if (during === undefined || after === undefined) throw new Error('Too little was heard.');
  expect([isSigned(during, old), isSigned(during, data.secret ?? '')]).toEqual([true, true]);
  expect(isSigned(after, data.secret ?? '')).toBe(true);
  expect(() => isSigned(after, old)).toThrow();
  const standard = (heard: Heard) => [old, data.secret ?? ''].map((one) => isStandard(heard, one));
  expect([standard(during), standard(after)]).toEqual([[true, true], [false, true]]);
});

test('a program that cannot be reached is noted, and keeps nobody else waiting', async () => {
  const { data } = await (await serviceClient()).rpc('add_webhook_endpoint', {
    endpoint_id: randomUUID(),
    url: 'http://127.0.0.1:9/',
  }).throwOnError();
  await listen();
  await ask();
  await runDueJobs();
  expect(ear.heard).toHaveLength(1);
  expect(await attemptsAt(data.endpoint_id ?? '')).toMatchObject([{
    status_code: null,
    problem: expect.stringContaining('no answer'),
  }]);
});

test('a letter about words in the language of its reader, and a link that ends such letters', async () => {
  await asPostgres(`update public.private_profiles set locale = 'de' where profile_id = $1`, [
    ada.id,
  ]);
  const conversation = await ask();
  await say(hedys, conversation, 'Very <quiet>.');
  await runDueJobs();
  const letter = mailTo(ada.email).at(-1);
  expect(letter?.subject).toBe('Neue Nachricht: The Mill');
  expect(letter?.text).toMatch(
    /^Hallo Ada,\n\nHedy hat dir zu The Mill geschrieben:\n\nVery <quiet>\.\n\n/,
  );
  expect(letter?.html).toContain('Very &#60;quiet&#62;.');
  const [link = ''] = /http\S+token=\S+/.exec(letter?.text ?? '') ?? [];
  expect(letter).toMatchObject({ unsubscribeUrl: link });

  const letters = async () => {
    await adas.rpc('mark_read', { conversation_id: conversation, read_position: 1000 })
      .throwOnError();
    const before = mailTo(ada.email).length;
    await say(hedys, conversation, 'And light.');
    await runDueJobs();
    return mailTo(ada.email).length - before;
  };
  const seen = await fetch(link);
  expect([seen.status, await seen.text()]).toEqual([200, expect.stringContaining('<form')]);
  expect(await letters()).toBe(1);

  const oneClick = await fetch(link, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
  });
  expect(oneClick.status).toBe(200);
  expect((await fetch(link, { method: 'POST' })).status).toBe(200);
  expect(await letters()).toBe(0);
  const { data } = await adas.from('notifications').select('kind, template')
    .eq('kind', 'message').throwOnError();
  expect(data.length).toBe(3);
});

test('a link that is not ours ends nothing', async () => {
  const { url } = await testApi();
  for (const token of ['', 'x', `${ada.id}.message.${'0'.repeat(64)}`]) {
    const answer = await fetch(`${url}/functions/v1/unsubscribe?token=${token}`, {
      method: 'POST',
    });
    expect([answer.status, answer.headers.get('x-error-code')]).toEqual([400, 'invalid_token']);
  }
  const answer = await fetch(`${url}/functions/v1/unsubscribe`, { method: 'DELETE' });
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST']);
  expect(await asPostgres('select from public.notification_settings')).toEqual([]);
});

test('who has read meanwhile gets no letter', async () => {
  const conversation = await ask();
  await say(hedys, conversation, 'Very.');
  await adas.rpc('mark_read', { conversation_id: conversation, read_position: 2 }).throwOnError();
  const before = mailTo(ada.email).length;
  await runDueJobs();
  expect(mailTo(ada.email).length).toBe(before);
  const open = `select status from private.commands where recipient_id = $1`;
  expect(await asPostgres(open, [ada.id])).toEqual([{ status: 'done' }]);
});

test('somebody without an account reads who asks them to host, and the owner cannot tell', async () => {
  await asPostgres('update private.settings set addresses_are_confirmed = true');
  const listing_id = await home({ host: hedy, title: 'The Loft' });
  const invite = async (email: string) => {
    const { data } = await hedys.rpc('invite_cohost', {
      invitation_id: randomUUID(),
      listing_id,
      role: 'full',
      email,
    }).throwOnError();
    const { invitation_id: _id, email: _email, created_at: _at, expires_at: _until, ...rest } =
      data;
    return rest;
  };
  expect(await invite('stranger@example.org')).toEqual(await invite('ada@example.com'));
  await runDueJobs();
  const [letter, ...more] = mailTo('stranger@example.org');
  expect(more).toEqual([]);
  expect(letter).toMatchObject({
    subject: 'You are invited to co-host a home',
    text: expect.stringMatching(
      /^Hello,\n[^]*Hedy[^]*The Loft[^]*it is [0-9a-f]{5}(-[0-9a-f]{5}){3}\./,
    ),
  });
  expect(letter?.text).not.toContain('unsubscribe');
  expect(mailTo('ada@example.com').at(-1)?.text).toMatch(/^Hello Ada,\n/);
  const { data } = await hedys.from('notifications').select('template')
    .eq('template', 'cohost_invited').throwOnError();
  expect(data).toEqual([]);
});

test('a pre-approval without a word of the host reaches the guest, by letter and in the app', async () => {
  const inquiry_id = randomUUID();
  await adas.rpc('send_inquiry', {
    inquiry_id,
    listing_id: await home({ host: hedy, title: 'The Barn' }),
    check_in: '2031-07-01',
    check_out: '2031-07-04',
    message: 'Is it free?',
  }).throwOnError();
  const offer_id = randomUUID();
  await hedys.rpc('preapprove_inquiry', { offer_id, inquiry_id }).throwOnError();
  await runDueJobs();
  const letters = mailTo('ada@example.com').filter(({ subject }) => subject.includes('The Barn'));
  expect(letters).toMatchObject([{
    subject: 'You can now book The Barn',
    text: expect.stringContaining('July 1, 2031 to July 4, 2031 · 1 guest'),
  }]);
  const { data } = await adas.from('notifications').select('about, kind')
    .eq('subject_id', offer_id).throwOnError();
  expect(data).toEqual([{ about: 'offer', kind: 'booking' }]);
});
