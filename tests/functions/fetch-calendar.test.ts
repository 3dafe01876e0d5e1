import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { isLoopback, isPublic } from '../../supabase/functions/_shared/addresses.ts';
import type { Network } from '../../supabase/functions/_shared/network.ts';
import {
  type Asked,
  FeedFailure,
  fetchCalendar,
  limits,
} from '../../supabase/functions/sync-calendars/fetch-calendar.ts';
import { internet, ok } from '../support/internet.ts';

test.for([
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '100.127.255.255',
  '127.0.0.1',
  '127.255.255.255',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.8',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.0.1',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.7',
  '203.0.113.7',
  '224.0.0.1',
  '239.255.255.255',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:8.8.8.8',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::8.8.8.8',
  '64:ff9b::8.8.8.8',
  '64:ff9b:1::1',
  '100::1',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fec0::1',
  'ff02::1',
  '2001::1',
  '2001:10::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '3fff::1',
  '5f00::1',
  'seven',
  '',
  '1.2.3',
  '1.2.3.256',
  '1.2.3.4.5',
  ':::',
  '1::2::3',
  '2606:4700::12345',
  '2606:4700:0:0:0:0:0:0:1',
  '2606:4700::%eth0',
])('%s is no public address', (address) => {
  expect(isPublic(address)).toBe(false);
});

test.for([
  '8.8.8.8',
  '1.1.1.1',
  '100.63.255.255',
  '100.128.0.1',
  '172.15.255.255',
  '172.32.0.1',
  '191.255.255.255',
  '192.0.1.1',
  '192.167.1.1',
  '198.17.1.1',
  '198.20.0.1',
  '223.255.255.255',
  '2606:4700::1111',
  '2A00:1450:4001:82a::200E',
  '2001:4860:4860::8888',
  '2606:4700::1.2.3.4',
  '3ffe::1',
])('%s is a public address', (address) => {
  expect(isPublic(address)).toBe(true);
});

test('this machine is 127.0.0.0/8 and ::1', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1', '0:0:0:0:0:0:0:1'].map(isLoopback)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(['128.0.0.1', '10.0.0.1', '::', '::2', '::ffff:127.0.0.1'].map(isLoopback)).not.toContain(
    true,
  );
});

type Piece = string | Uint8Array;

const ask = (url: string, network: Network, changed: Partial<Asked> = {}) =>
  fetchCalendar({
    url,
    etag: null,
    lastModified: null,
    endedBefore: '2031-05-18',
    mayBeLocal: false,
    ...changed,
  }, network);

async function failure(fetching: Promise<unknown>): Promise<string> {
  const failed = await fetching.then(() => undefined, (error) => error);
  expect(failed).toBeInstanceOf(FeedFailure);
  return failed.status === null ? failed.problem : `${failed.problem} ${failed.status}`;
}

const redirect = (location: string, status = 302) =>
  `HTTP/1.1 ${status} Elsewhere\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`;
const good = { 'good.example': ['93.184.216.34'] };
const at = (
  piece: string | (string | Uint8Array)[],
  place = '93.184.216.34:443 as good.example',
) => ({
  [place]: { pieces: typeof piece === 'string' ? [piece] : piece },
});

test('a calendar comes over TLS from the address its name was resolved to, asked without a word of ours', async () => {
  const { network, heard, connected, stillOpen } = internet(
    good,
    at(ok('BEGIN', 'ETag: "1"', 'Last-Modified: Mon')),
  );
  expect(await ask('https://good.example/a.ics?x=1#top', network)).toMatchObject({
    text: 'BEGIN',
    etag: '"1"',
    lastModified: 'Mon',
  });
  expect(connected).toEqual(['93.184.216.34:443 as good.example']);
  expect(heard).toEqual([
    'GET /a.ics?x=1 HTTP/1.1\r\nHost: good.example\r\nUser-Agent: Staybase\r\nAccept: text/calendar, */*;q=0.5\r\n' +
    'Accept-Encoding: gzip\r\nConnection: close\r\n\r\n',
  ]);
  expect(stillOpen()).toBe(0);
});

test('webcal means https, and http stays http', async () => {
  const { network, connected } = internet(good, {
    ...at(ok('a')),
    ...at(ok('b'), '93.184.216.34:80'),
  });
  expect((await ask('webcal://good.example/', network)).text).toBe('a');
  expect((await ask('http://good.example/', network)).text).toBe('b');
  expect(connected).toHaveLength(2);
});

test('what is known is told, on one line or not at all', async () => {
  const { network, heard } = internet(good, at('HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'));
  const known = { etag: '"1"', lastModified: 'Mon, 01 Jan 2031 00:00:00 GMT' };
  expect((await ask('https://good.example/', network, known)).text).toBeUndefined();
  expect(heard[0]).toContain(
    'If-None-Match: "1"\r\nIf-Modified-Since: Mon, 01 Jan 2031 00:00:00 GMT\r\n',
  );
  await ask('https://good.example/', network, { etag: '"1"\r\nX-Evil: yes', lastModified: 'é' });
  expect(heard[1]).not.toContain('Evil');
  expect(heard[1]).not.toContain('If-');
});

test.for([
  'http://127.0.0.1/',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0177.0.0.1/',
  'http://0/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://169.254.169.254/latest/meta-data',
  'http://[fd00::1]/',
  'http://10.0.0.1/',
  'https://192.168.1.1/',
  'http://localhost/',
  'http://LOCALHOST./',
  'https://user@good.example/',
  'https://user:secret@good.example/',
  'https://:secret@good.example/',
  'https://good.example:8443/',
  'https://good.example:22/',
  'ftp://good.example/',
  'file:///etc/passwd',
  'data:text/calendar,BEGIN',
  'gopher://good.example/',
  '//good.example/',
  'good.example',
  '',
  'https://',
])('%s is not even knocked at', async (url) => {
  const { network, connected } = internet({
    ...good,
    localhost: ['127.0.0.1'],
    'localhost.': ['127.0.0.1'],
  });
  expect(await failure(ask(url, network))).toBe('address_not_allowed');
  expect(connected).toEqual([]);
});

test('a name whose addresses are private, or only some of them, is not knocked at', async () => {
  for (
    const addresses of [['10.0.0.1'], ['93.184.216.34', '10.0.0.1'], ['93.184.216.34', '::1'], [
      'fe80::1',
    ]]
  ) {
    const { network, connected } = internet({ 'evil.example': addresses });
    expect(await failure(ask('https://evil.example/', network))).toBe('address_not_allowed');
    expect(connected).toEqual([]);
  }
});

test('a name that means another machine a moment later is asked once, and the first answer is connected to', async () => {
  const { network, connected, asked } = internet(
    { 'rebind.example': [['93.184.216.34'], ['127.0.0.1']] },
    at(ok('a'), '93.184.216.34:80'),
  );
  await ask('http://rebind.example/', network);
  expect([connected, asked]).toEqual([['93.184.216.34:80'], { 'rebind.example': 0 }]);
  // And a redirect to itself resolves it anew, and looks anew.
  const again = internet(
    { 'rebind.example': [['93.184.216.34'], ['127.0.0.1']] },
    at(redirect('/again'), '93.184.216.34:80'),
  );
  expect(await failure(ask('http://rebind.example/', again.network))).toBe('address_not_allowed');
  expect(again.connected).toEqual(['93.184.216.34:80']);
});

test('redirects are followed, relative ones too', async () => {
  const { network, connected } = internet({ ...good, 'other.example': ['1.1.1.1'] }, {
    ...at(redirect('//other.example/b.ics', 301)),
    ...at(ok('there'), '1.1.1.1:443 as other.example'),
  });
  expect((await ask('https://good.example/a.ics', network)).text).toBe('there');
  expect(connected).toHaveLength(2);
});

test.for([
  'http://127.0.0.1/',
  'https://10.0.0.1/',
  'http://good.example/',
  'https://intern.example/',
  'https://good.example:8080/',
  'https://me:secret@good.example/',
  'file:///etc/passwd',
  'javascript:1',
  'https://[::ffff:10.0.0.1]/',
  'http://[::1]:5432/',
])('from https, a redirect to %s leads nowhere', async (location) => {
  const { network, connected } = internet(
    { ...good, 'intern.example': ['192.168.0.9'] },
    at(redirect(location)),
  );
  expect(await failure(ask('https://good.example/', network))).toBe('address_not_allowed');
  expect(connected).toHaveLength(1);
});

test('redirects without end end', async () => {
  const { network, connected, stillOpen } = internet(good, at(redirect('/again')));
  expect(await failure(ask('https://good.example/', network))).toBe('too_many_redirects');
  expect(connected).toHaveLength(limits.redirects + 1);
  expect(stillOpen()).toBe(0);
});

test('names that nobody has, machines that are silent or shut', async () => {
  expect(await failure(ask('https://nobody.example/', internet({}).network))).toBe(
    'host_not_found',
  );
  expect(await failure(ask('https://empty.example/', internet({ 'empty.example': [] }).network)))
    .toBe('host_not_found');
  expect(await failure(ask('https://good.example/', internet(good).network))).toBe('unreachable');
});

test('slow machines are waited for ten seconds in all', async () => {
  const before = limits.milliseconds;
  limits.milliseconds = 60;
  try {
    for (const pieces of [[], ['HTTP/1.1 200 OK\r\n'], [ok('BEGIN:VCALENDAR\r\n')]]) {
      const slow = internet(good, { '93.184.216.34:443 as good.example': { pieces, hangs: true } });
      expect(await failure(ask('https://good.example/', slow.network))).toBe('too_slow');
      expect(slow.stillOpen()).toBe(0);
    }
    const silent: Network = {
      resolve: () => new Promise(() => {}),
      connect: () => new Promise(() => {}),
    };
    expect(await failure(ask('https://good.example/', silent))).toBe('too_slow');
  } finally {
    limits.milliseconds = before;
  }
  expect(before).toBe(10_000);
});

test('a body comes by length, in chunks, or until the end', async () => {
  const bodies = [
    ok('BEGIN and more', 'Content-Length: 5'),
    ok('3\r\nBEG\r\n2;x=y\r\nIN\r\n0\r\n\r\n', 'Transfer-Encoding: chunked'),
    ok('BEGIN'),
    `HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${ok('BEGIN')}`,
  ];
  for (const whole of bodies) {
    for (const pieces of [[whole], [...whole]]) {
      expect((await ask('https://good.example/', internet(good, at(pieces)).network)).text).toBe(
        'BEGIN',
      );
    }
  }
});

test.for(
  [
    ['cut off before its length', ok('BEG', 'Content-Length: 5'), 'bad_answer'],
    ['cut off in a chunk', ok('5\r\nBEG', 'Transfer-Encoding: chunked'), 'bad_answer'],
    [
      'cut off before the last chunk',
      ok('5\r\nBEGIN\r\n', 'Transfer-Encoding: chunked'),
      'bad_answer',
    ],
    [
      'chunks without a length',
      ok('x\r\nBEGIN\r\n0\r\n\r\n', 'Transfer-Encoding: chunked'),
      'bad_answer 200',
    ],
    ['not packed as it says', ok('BEGIN', 'Content-Encoding: gzip'), 'bad_answer 200'],
    ['packed without a byte', ok('', 'Content-Encoding: gzip'), 'bad_answer 200'],
    ['packed otherwise', ok('BEGIN', 'Content-Encoding: zstd'), 'unknown_encoding 200'],
    [
      'packed otherwise within what is known',
      ok('BEGIN', 'Content-Encoding: compress', 'Content-Encoding: gzip'),
      'unknown_encoding 200',
    ],
    [
      'packed more often than anybody does',
      ok('BEGIN', `Content-Encoding: ${Array(6).fill('gzip').join()}`),
      'unknown_encoding 200',
    ],
    ['sent in an unknown way', ok('5', 'Transfer-Encoding: x, chunked'), 'unknown_encoding 200'],
    ['of two lengths', ok('BEGIN', 'Content-Length: 5', 'Content-Length: 4'), 'bad_answer 200'],
    ['a length that is none', ok('BEGIN', 'Content-Length: -5'), 'bad_answer 200'],
    [
      'too long a head',
      `HTTP/1.1 200 OK\r\n${`X: ${'x'.repeat(1000)}\r\n`.repeat(40)}\r\n`,
      'too_large',
    ],
    ['a line without end', `HTTP/1.1 200 ${'x'.repeat(100_000)}`, 'too_large'],
    ['a head that is none', 'HTTP/1.1 200 OK\r\nnonsense\r\n\r\n', 'bad_answer 200'],
    ['another protocol', 'SSH-2.0-OpenSSH\r\n', 'bad_answer'],
    ['nothing', '', 'bad_answer'],
    ['not found', 'HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nno!', 'bad_answer 404'],
    ['no content', 'HTTP/1.1 204 No Content\r\n\r\n', 'bad_answer 204'],
    ['an error', 'HTTP/1.1 500 Oops\r\n\r\n', 'bad_answer 500'],
    ['hints for ever', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(9), 'bad_answer'],
    ['a redirect to nowhere', 'HTTP/1.1 302 Found\r\n\r\n', 'too_many_redirects'],
  ] as const,
)('%s is no calendar', async ([_, answer, problem]) => {
  expect(await failure(ask('https://good.example/', internet(good, at(answer)).network))).toBe(
    problem,
  );
});

test('what is longer than two megabytes is not read to its end', async () => {
  const length = limits.bytes + 100_000;
  for (
    const [head, piece] of [
      [ok(''), 'x'.repeat(50_000)],
      [ok('', `Content-Length: ${length}`), 'x'.repeat(50_000)],
      [ok('', 'Transfer-Encoding: chunked'), `c350\r\n${'x'.repeat(50_000)}\r\n`],
    ] as const
  ) {
    const pieces = [head, ...Array.from({ length: length / 50_000 }, () => piece)];
    const { network, unread } = internet(good, at(pieces));
    expect(await failure(ask('https://good.example/', network))).toBe('too_large 200');
    expect(unread()).toBeGreaterThan(0);
  }
});

const text = `BEGIN:VCALENDAR ü ${'x'.repeat(100_000)} END`;
type Packed = [name: string, headers: string[], body: Uint8Array];
const packed: Packed[] = [
  ['gzip', ['Content-Encoding: gzip'], gzipSync(text)],
  ['gzip under its old name', ['content-encoding:X-GZip'], gzipSync(text)],
  [
    'gzip in two parts',
    ['Content-Encoding: gzip'],
    Buffer.concat([gzipSync(text.slice(0, 9)), gzipSync(text.slice(9))]),
  ],
  ['deflate', ['Content-Encoding: deflate'], deflateSync(text)],
  ['deflate of another level', ['Content-Encoding: deflate'], deflateSync(text, { level: 9 })],
  ['deflate without its frame', ['Content-Encoding: deflate'], deflateRawSync(text)],
  [
    'deflate that packs nothing',
    ['Content-Encoding: deflate'],
    deflateRawSync(text, { level: 0 }),
  ],
  ['br', ['Content-Encoding: br'], brotliCompressSync(text)],
  [
    'one in another',
    ['Content-Encoding: br, , gzip'],
    gzipSync(brotliCompressSync(text)),
  ],
  [
    'one in another, on two lines',
    ['Content-Encoding: gzip', 'Content-Encoding: deflate'],
    deflateSync(gzipSync(text)),
  ],
  ['nothing, by its name', ['Content-Encoding: identity'], Buffer.from(text)],
  ['gzip for the way', ['Transfer-Encoding: gzip'], gzipSync(text)],
  ['a file that was packed', ['Content-Type: application/gzip'], gzipSync(text)],
  ['what was packed already', ['Content-Encoding: gzip'], gzipSync(gzipSync(text))],
];

/** The same by its length, in chunks, and until the end. */
const sent = ([, headers, body]: Packed): [head: string, ...body: Uint8Array[]][] => [
  [ok('', ...headers), body],
  ...headers.some((header) => header.startsWith('Transfer')) ? [] : [
    [ok('', ...headers, `Content-Length: ${body.length}`), body] as [string, Uint8Array],
    [
      ok('', ...headers, 'Transfer-Encoding: chunked'),
      Buffer.from(`${body.length.toString(16)}\r\n`),
      body,
      Buffer.from('\r\n0\r\n\r\n'),
    ] as [string, ...Uint8Array[]],
  ],
];

test.for(packed)('a calendar comes out of %s, whatever was asked for', async (one) => {
  for (const answer of sent(one)) {
    const inBytes = answer.flatMap((piece): Piece[] =>
      typeof piece === 'string'
        ? [piece]
        : piece.length > 2000
        ? [piece]
        : [...piece].map((byte) => Uint8Array.of(byte))
    );
    for (const pieces of [answer, inBytes]) {
      const { network, stillOpen } = internet(good, at(pieces));
      expect((await ask('https://good.example/', network)).text).toBe(text);
      expect(stillOpen()).toBe(0);
    }
  }
});

test.for(packed.filter(([name]) => !name.includes('nothing, by')))(
  'a calendar cut off in %s is none',
  async ([, headers, body]) => {
    const { network } = internet(good, at([ok('', ...headers), body.subarray(0, -9)]));
    // Of Brotli the end may be missing unnoticed; a calendar has an end of its own.
    await expect(ask('https://good.example/', network).then(({ text: came }) => came === text))
      .rejects.toMatchObject({ problem: 'bad_answer', status: 200 });
  },
);

test('a small answer that becomes a huge one is not unpacked to its end', async () => {
  const bomb = Buffer.alloc(60_000_000);
  for (
    const [coding, body] of [
      ['gzip', gzipSync(bomb)],
      ['deflate', deflateSync(bomb)],
      ['br', brotliCompressSync(bomb, { params: { 1: 1 } })],
      ['gzip, gzip', gzipSync(gzipSync(bomb))],
    ] as const
  ) {
    expect(body.length).toBeLessThan(limits.bytes);
    const { network, stillOpen } = internet(
      good,
      at([ok('', `Content-Encoding: ${coding}`), body]),
    );
    expect(await failure(ask('https://good.example/', network))).toBe('too_large 200');
    expect(stillOpen()).toBe(0);
  }
});

const eventOn = (day: string, more = '', until = day) =>
  `BEGIN:VEVENT\r\nUID:${day}\r\nDTSTART;VALUE=DATE:${day}\r\nDTEND;VALUE=DATE:${until}\r\n${more}END:VEVENT\r\n`;

test('of years of past only what may matter is kept, in whatever pieces it comes', async () => {
  const kept = [
    eventOn('20310517', '', '20310518'),
    eventOn('20310601'),
    eventOn('20200101', 'RRULE:FREQ=YEARLY\r\n'),
    eventOn('20200102', 'RDATE:20310601\r\n'),
    eventOn('20200103', 'RECURRENCE-ID:20310601\r\n'),
    'BEGIN:VEVENT\r\nDTSTART:20200104\r\nDURATION:P5000D\r\nEND:VEVENT\r\n',
    'BEGIN:VEVENT\r\nDTSTART:2020010\r\n 5\r\nEND:VEVENT\r\n',
    'BEGIN:VEVENT\r\nDTSTART:20200106\r\nBEGIN:VEVENT\r\nDTSTART:20310601\r\nEND:VEVENT\r\n',
    'BEGIN:VEVENT\r\nDTSTART:20310601\r\nDESCRIPTION:DTSTART:20200101\r\nEND:VEVENT\r\n',
    'BEGIN:VEVENT\r\nDTSTART:20200107\r\nDTSTART:20310601\r\nEND:VEVENT\r\n',
    'BEGIN:VEVENT\r\nDTSTART:20200108\r\nDTEND:then\r\nEND:VEVENT\r\n',
  ];
  const over = [
    eventOn('20310516', '', '20310517'),
    eventOn('20200101', 'SUMMARY:Ünder a roof\r\nDESCRIPTION:END:VEVENT\r\n'),
    'BEGIN:VEVENT\r\nDTSTART;TZID="Europe/Paris":20200101T100000\r\nEND:VEVENT\r\n',
  ];
  const [top, bottom] = ['BEGIN:VCALENDAR\r\n', 'END:VCALENDAR\r\n'];
  const body = Buffer.from(top + [...kept, ...over, ...kept, ...over].join('') + bottom);
  for (const size of [1, 7, 100, body.length]) {
    const pieces: Piece[] = [ok('')];
    for (let from = 0; from < body.length; from += size) {
      pieces.push(body.subarray(from, from + size));
    }
    const { text: came, left } = await ask(
      'https://good.example/',
      internet(good, at(pieces)).network,
    );
    expect(came?.replaceAll(/(?:\r\n)+/g, '\r\n')).toBe(
      (top + [...kept, ...kept].join('') + bottom).replaceAll('\r\n ', ''),
    );
    expect(left.events).toBe(2 * over.length);
  }
});

test('ten megabytes of past are read, and twelve of anything are not', async () => {
  const past = Buffer.from(
    eventOn('20200101', `DESCRIPTION:${'x'.repeat(700)}\r\n`).repeat(12_000),
  );
  expect(past.length).toBeGreaterThan(9_000_000);
  const frame = (body: Buffer): Piece[] => [
    ok('BEGIN:VCALENDAR\r\n'),
    body,
    `${eventOn('20310601')}END:VCALENDAR\r\n`,
  ];
  const { text: came, left } = await ask(
    'https://good.example/',
    internet(good, at(frame(past))).network,
  );
  expect(came?.match(/DTSTART.*/g)).toEqual(['DTSTART;VALUE=DATE:20310601']);
  expect(left.events).toBe(12_000);
  const more = internet(good, at(frame(Buffer.concat([past, past]))));
  expect(await failure(ask('https://good.example/', more.network))).toBe('too_large 200');
  const future = Buffer.from(
    eventOn('20310601', `DESCRIPTION:${'x'.repeat(700)}\r\n`).repeat(3000),
  );
  const kept = internet(good, at(frame(future)));
  expect(await failure(ask('https://good.example/', kept.network))).toBe('too_large 200');
});

test('UTF-16 is read when it says so', async () => {
  const text = 'BEGIN ü';
  const little = new Uint8Array([
    0xff,
    0xfe,
    ...[...text].flatMap((one) => [one.charCodeAt(0) & 255, one.charCodeAt(0) >> 8]),
  ]);
  const { network } = internet(good, {
    '93.184.216.34:443 as good.example': { pieces: [ok(''), little] },
  });
  expect((await ask('https://good.example/', network)).text).toBe(text);
});

test('a local stack reads calendars of its own machine at any port, and of no other private one', async () => {
  const { network, connected } = internet({
    'me.example': ['127.0.0.1'],
    'them.example': ['10.0.0.1'],
  }, {
    ...at(ok('mine'), '127.0.0.1:8123'),
  });
  const local = { mayBeLocal: true };
  expect((await ask('http://127.0.0.1:8123/', network, local)).text).toBe('mine');
  expect((await ask('http://localhost:8123/', network, local)).text).toBe('mine');
  expect((await ask('http://me.example:8123/', network, local)).text).toBe('mine');
  for (
    const url of [
      'http://them.example/',
      'http://10.0.0.1:8123/',
      'http://169.254.169.254/',
      'http://8.8.8.8:8123/',
    ]
  ) {
    expect(await failure(ask(url, network, local))).toBe('address_not_allowed');
  }
  expect(connected).toHaveLength(3);
});
