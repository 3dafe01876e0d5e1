import { expect, test } from 'vitest';
import { isLoopback, isPublic } from '../../supabase/functions/_shared/addresses.ts';
import {
  type Asked,
  type Connection,
  FeedFailure,
  fetchCalendar,
  limits,
  type Network,
} from '../../supabase/functions/sync-calendars/fetch-calendar.ts';

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

/** A machine that says what it is told to, in pieces, and keeps what it hears. */
interface Said {
  pieces?: (string | Uint8Array)[];
  /** True leaves the connection open in silence. */
  hangs?: boolean;
}

/** An internet of a few names and machines. */
function internet(
  names: Record<string, string[] | string[][]>,
  machines: Record<string, Said> = {},
) {
  const heard: string[] = [];
  const connected: string[] = [];
  const asked: Record<string, number> = {};
  let open = 0;
  const network: Network = {
    resolve(name) {
      const turn = asked[name] = (asked[name] ?? -1) + 1;
      const known = names[name];
      if (known === undefined) return Promise.reject(new Error('no such name'));
      const answers = Array.isArray(known[0]) ? known as string[][] : [known as string[]];
      return Promise.resolve(answers[Math.min(turn, answers.length - 1)]!);
    },
    connect(address, port, secureFor) {
      const place = `${address}:${port}${secureFor === undefined ? '' : ` as ${secureFor}`}`;
      connected.push(place);
      const machine = machines[place];
      if (machine === undefined) return Promise.reject(new Error('refused'));
      const pieces = [...machine.pieces ?? []];
      open += 1;
      let isOpen = true;
      let end = () => {};
      const connection: Connection = {
        read(into) {
          const piece = pieces.shift();
          if (piece === undefined) {
            return machine.hangs
              ? new Promise((_, reject) => (end = () => reject(new Error('closed'))))
              : Promise.resolve(null);
          }
          const bytes = typeof piece === 'string' ? new TextEncoder().encode(piece) : piece;
          into.set(bytes.subarray(0, into.length));
          if (bytes.length > into.length) pieces.unshift(bytes.subarray(into.length));
          return Promise.resolve(Math.min(bytes.length, into.length));
        },
        write(bytes) {
          heard.push(new TextDecoder().decode(bytes));
          return Promise.resolve(bytes.length);
        },
        close() {
          if (isOpen) open -= 1;
          isOpen = false;
          end();
        },
      };
      return Promise.resolve(connection);
    },
  };
  return { network, heard, connected, asked, stillOpen: () => open };
}

const ask = (url: string, network: Network, changed: Partial<Asked> = {}) =>
  fetchCalendar({ url, etag: null, lastModified: null, mayBeLocal: false, ...changed }, network);

async function failure(fetching: Promise<unknown>): Promise<string> {
  const failed = await fetching.then(() => undefined, (error) => error);
  expect(failed).toBeInstanceOf(FeedFailure);
  return failed.status === null ? failed.problem : `${failed.problem} ${failed.status}`;
}

const ok = (body: string, ...headers: string[]) =>
  `HTTP/1.1 200 OK\r\n${headers.map((header) => `${header}\r\n`).join('')}\r\n${body}`;
const redirect = (location: string, status = 302) =>
  `HTTP/1.1 ${status} Elsewhere\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`;
const good = { 'good.example': ['93.184.216.34'] };
const at = (piece: string | string[], place = '93.184.216.34:443 as good.example') => ({
  [place]: { pieces: [piece].flat() },
});

test('a calendar comes over TLS from the address its name was resolved to, asked without a word of ours', async () => {
  const { network, heard, connected, stillOpen } = internet(
    good,
    at(ok('BEGIN', 'ETag: "1"', 'Last-Modified: Mon')),
  );
  expect(await ask('https://good.example/a.ics?x=1#top', network)).toEqual({
    text: 'BEGIN',
    etag: '"1"',
    lastModified: 'Mon',
  });
  expect(connected).toEqual(['93.184.216.34:443 as good.example']);
  expect(heard).toEqual([
    'GET /a.ics?x=1 HTTP/1.1\r\nHost: good.example\r\nUser-Agent: Staybase\r\nAccept: text/calendar, */*;q=0.5\r\n' +
    'Accept-Encoding: identity\r\nConnection: close\r\n\r\n',
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
    ['an unknown transfer', ok('BEGIN', 'Transfer-Encoding: gzip, chunked'), 'bad_answer 200'],
    ['packed', ok('BEGIN', 'Content-Encoding: gzip'), 'bad_answer 200'],
    ['a length that is none', ok('BEGIN', 'Content-Length: -5'), 'bad_answer 200'],
    ['too long by its own word', ok('BEGIN', 'Content-Length: 2000001'), 'too_large 200'],
    ['too long in chunks', ok('1e8481\r\nBEGIN', 'Transfer-Encoding: chunked'), 'too_large 200'],
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

test('two megabytes without a word about it are enough', async () => {
  const endless = internet(
    good,
    at([ok(''), ...Array.from({ length: 40 }, () => 'x'.repeat(60_000))]),
  );
  expect(await failure(ask('https://good.example/', endless.network))).toBe('too_large');
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
