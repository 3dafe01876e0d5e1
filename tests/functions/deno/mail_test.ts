import { causeOf } from '../../../supabase/functions/_shared/log.ts';
import { type Mail, openMail } from '../../../supabase/functions/_shared/mail.ts';
import { assert, assertEquals, assertMatch, assertRejects } from './assert.ts';

const letter = {
  id: 'c0ffee00-0000-4000-8000-000000000001',
  to: 'ada@example.com',
  subject: 'Confirmed: Chalé, 2031-06-01',
  text: 'Hello',
  html: '<p>Hello</p>',
};

/** An SMTP server for one letter; `refusal` is its answer to the recipient. */
function smtpServer(refusal?: string) {
  const listener = Deno.listen({ hostname: '127.0.0.1', port: 0 });
  const heard: string[] = [];
  const serving = (async () => {
    const connection = await listener.accept();
    const say = (line: string) => connection.write(new TextEncoder().encode(`${line}\r\n`));
    await say('220 test');
    let inData = false;
    const lines = connection.readable.pipeThrough(new TextDecoderStream());
    for await (const chunk of lines) {
      for (
        const line of chunk.split('\r\n').filter((text, i, all) =>
          text !== '' || i < all.length - 1
        )
      ) {
        heard.push(line);
        if (inData) {
          if (line !== '.') continue;
          inData = false;
          await say('250 kept');
        } else if (/^(EHLO|HELO)/.test(line)) await say('250 test');
        else if (line.startsWith('RCPT') && refusal) await say(refusal);
        else if (line === 'DATA') {
          inData = true;
          await say('354 go');
        } else if (line === 'QUIT') {
          await say('221 bye');
          return;
        } else await say('250 ok');
      }
    }
  })().catch(() => {});
  const { port } = listener.addr as Deno.NetAddr;
  return {
    url: `smtp://127.0.0.1:${port}`,
    heard,
    async stop() {
      listener.close();
      await serving;
    },
  };
}

async function withMail(settings: Record<string, string>, deed: (mail: Mail) => Promise<void>) {
  for (const [name, value] of Object.entries(settings)) Deno.env.set(name, value);
  try {
    await deed(openMail());
  } finally {
    for (const name of Object.keys(settings)) Deno.env.delete(name);
  }
}

// nodemailer keeps its connection open for a moment.
const leaky = { sanitizeOps: false, sanitizeResources: false };

Deno.test(
  'by SMTP: one recipient, our sender, text and HTML, the same id each time',
  leaky,
  async () => {
    const server = smtpServer();
    await withMail(
      { SMTP_URL: server.url, MAIL_FROM: 'Stays <stays@example.org>' },
      (mail) => mail(letter),
    );
    await server.stop();
    const said = server.heard.join('\n');
    assertEquals(server.heard.filter((line) => line.startsWith('RCPT')), [
      'RCPT TO:<ada@example.com>',
    ]);
    assertMatch(said, /^From: Stays <stays@example\.org>$/m);
    assertMatch(said, /^Subject: =\?UTF-8\?/m);
    assertMatch(said, /^Message-ID: <c0ffee00-0000-4000-8000-000000000001@staybase>$/m);
    assertMatch(said, /text\/plain/);
    assertMatch(said, /text\/html/);
  },
);

Deno.test('by SMTP a letter that can be turned off says how, in one click', leaky, async () => {
  for (const unsubscribeUrl of ['https://x.example/unsubscribe?token=1', undefined]) {
    const server = smtpServer();
    await withMail(
      { SMTP_URL: server.url, MAIL_FROM: 'stays@example.org' },
      (mail) => mail({ ...letter, ...(unsubscribeUrl === undefined ? {} : { unsubscribeUrl }) }),
    );
    await server.stop();
    const said = server.heard.join('\n');
    if (unsubscribeUrl === undefined) assert(!said.includes('List-Unsubscribe'), said);
    else {
      assertMatch(said, /^List-Unsubscribe: <https:\/\/x\.example\/unsubscribe\?token=1>$/m);
      assertMatch(said, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click$/m);
    }
  }
});

Deno.test('by SMTP without a sender: the mail waits, and says for what', async () => {
  await withMail({ SMTP_URL: 'smtp://127.0.0.1:9' }, async (mail) => {
    const error = await assertRejects(() => mail(letter), 'not_configured');
    assertEquals(causeOf(error), 'MAIL_FROM is not set.');
  });
});

Deno.test(
  'a comma in an address is no second recipient, a line break no header',
  leaky,
  async () => {
    const server = smtpServer();
    await withMail(
      { SMTP_URL: server.url, MAIL_FROM: 'stays@example.org' },
      (mail) =>
        mail({ ...letter, to: 'a,b@example.com', subject: 'One\r\nBcc: eve@example.com' }).catch(
          () => {},
        ),
    );
    await server.stop();
    const said = server.heard.join('\n');
    assert(
      server.heard.filter((line) => line.startsWith('RCPT')).length <= 1,
      said,
    );
    assertMatch(said, /^MAIL FROM/m);
    assert(!said.includes('RCPT TO:<b@example.com>'), said);
    assert(!/^Bcc:/m.test(said), said);
  },
);

Deno.test('a mailbox that does not exist is final, one that is full is not', leaky, async () => {
  for (
    const [refusal, name] of [['550 no such user', 'MailRefused'], ['452 full', 'Error']] as const
  ) {
    const server = smtpServer(refusal);
    await withMail({ SMTP_URL: server.url, MAIL_FROM: 'stays@example.org' }, async (mail) => {
      const error = await mail(letter).then(() => undefined, (thrown: Error) => thrown);
      assertEquals(error?.name, name);
      assert(!error?.message.includes('ada@'), 'an error names no address');
    });
    await server.stop();
  }
});

Deno.test('to a sink as JSON; a sink that fails is tried again', async () => {
  let status = 200;
  const got: unknown[] = [];
  const sink = Deno.serve(
    { port: 0, hostname: '127.0.0.1', onListen: () => {} },
    async (request) => {
      got.push(await request.json());
      return new Response('{}', { status });
    },
  );
  const { port } = sink.addr;
  await withMail({ MAIL_SINK_URL: `http://127.0.0.1:${port}/send` }, async (mail) => {
    await mail(letter);
    assertEquals(got, [{ from: 'Staybase <no-reply@localhost>', ...letter }]);
    status = 502;
    await assertRejects(() => mail(letter), 'mail sink 502');
  });
  await sink.shutdown();
});

Deno.test('with neither, mail waits in production: it is not done when it is only logged', async () => {
  await withMail({ STAYBASE_ENVIRONMENT: 'production' }, async (mail) => {
    const error = await assertRejects(() => mail(letter), 'not_configured');
    assertEquals(causeOf(error), 'SMTP_URL is not set.');
  });
});

Deno.test('with neither it is a line in the log, without the recipient', async () => {
  const { log } = console;
  const lines: string[] = [];
  console.log = (line: string) => lines.push(line);
  try {
    await openMail()(letter);
  } finally {
    console.log = log;
  }
  assertEquals(lines.length, 1);
  assert(!lines[0]?.includes('ada@'), lines[0]);
});
