import { Impossible } from '../../../supabase/functions/run-commands/command.ts';
import {
  languageNames,
  letterAbout,
  money,
  newsNames,
  templateNames,
} from '../../../supabase/functions/run-commands/writing/letter.ts';
import { assert, assertEquals, assertMatch } from './assert.ts';

const facts = {
  booking_id: '20000000-0000-4000-8000-000000000001',
  listing_title: 'The Mill',
  city: 'Albany',
  check_in: '2031-06-01',
  check_out: '2031-06-03',
  check_in_time: '15:00',
  check_out_time: '11:00',
  guests: 2,
  guest_name: 'Ada',
  host_name: 'Hedy',
  currency: 'USD',
  exponent: 2,
  answer_until: '2031-05-21T12:00:00+00:00',
  total_minor: 22_820,
  payout_minor: null,
};

/** Check-in and check-out as each language writes them. */
const dates: Record<string, [string, string]> = {
  en: ['June 1, 2031', 'June 3, 2031'],
  de: ['1. Juni 2031', '3. Juni 2031'],
  fr: ['1er juin 2031', '3 juin 2031'],
  es: ['1 de junio de 2031', '3 de junio de 2031'],
};

Deno.test('every letter names the home, its dates and the booking, in text and in HTML', () => {
  assert(templateNames.length > 50);
  for (const template of templateNames) {
    const { subject, text, html } = letterAbout(template, facts, 'en');
    assert(subject.includes('The Mill'), template);
    for (const part of [text, html]) {
      for (const fact of ['The Mill', 'June 1, 2031 to June 3, 2031', facts.booking_id]) {
        assert(part.includes(fact), `${template} says ${fact}`);
      }
      assert(!/undefined|null|NaN/.test(part), template);
    }
  }
});

Deno.test('a host reads what they earn and by when to answer, never what the guest pays', () => {
  const { text } = letterAbout('booking_requested', {
    ...facts,
    total_minor: null,
    payout_minor: 19_400,
  }, 'en');
  assertMatch(text, /^Hello Hedy,/);
  assertMatch(text, /You would earn \$194\.00\./);
  assertMatch(text, /Please answer by May 21, 2031 at 12:00 UTC\./);
  const coHost = letterAbout('booking_confirmed_host', { ...facts, total_minor: null }, 'en').text;
  assert(!coHost.includes('$'), 'a co-host reads no amount');
});

Deno.test('amounts have the digits of their currency, exactly, however large', () => {
  assertEquals(money(22_820, 'USD', 2, 'en'), '$228.20');
  assertEquals(money(5, 'USD', 2, 'en'), '$0.05');
  assertEquals(money(20_538, 'JPY', 0, 'en'), '¥20,538');
  assertEquals(money(30_010, 'KWD', 3, 'en').replace(/\s/, ' '), 'KWD 30.010');
  assertEquals(money(123_450, 'EUR', 2, 'de').replace(/\s/, ' '), '1.234,50 €');
  assertEquals(money(9_007_199_254_740_991, 'USD', 2, 'en'), '$90,071,992,547,409.91');
});

Deno.test('what people call themselves and their homes is text, never HTML', () => {
  const { html, text } = letterAbout('booking_confirmed_guest', {
    ...facts,
    listing_title: '<img src=x onerror=alert(1)> & "Mill"',
    host_name: "<script>'",
  }, 'en');
  assert(!/<(img|script)/.test(html), html);
  assertMatch(html, /&#60;img src=x onerror=alert\(1\)&#62; &#38; &#34;Mill&#34;/);
  assertMatch(text, /<script>'/);
});

Deno.test('a line break in a name begins no second header', () => {
  const { subject } = letterAbout('booking_withdrawn', {
    ...facts,
    guest_name: 'Ada\r\nBcc: all@example.com',
    listing_title: 'Mill\u2028X-Evil: 1',
  }, 'en');
  assert(!/[\r\n\u2028\u2029]/.test(subject), subject);
  assertEquals(subject, 'Request withdrawn: Mill X-Evil: 1');
});

Deno.test('an unknown letter, or facts that are not those of a booking, cannot be written', () => {
  for (const template of ['nonsense', '', 'toString', '__proto__']) {
    try {
      letterAbout(template, facts, 'en');
      assert(false, template);
    } catch (error) {
      assert(error instanceof Impossible);
    }
  }
  const { check_in: _missing, ...incomplete } = facts;
  try {
    letterAbout('booking_declined', incomplete, 'en');
    assert(false, 'incomplete');
  } catch (error) {
    assert(error instanceof Impossible);
  }
});

Deno.test('a cancelled stay: the guest reads what comes back, the host what is left and owed', () => {
  const guest = letterAbout('booking_cancelled_guest', { ...facts, refund_minor: 20_000 }, 'en');
  assertMatch(guest.text, /Your refund is \$200\.00\./);
  const nothing = letterAbout('booking_cancelled_guest', { ...facts, refund_minor: 0 }, 'en');
  assertMatch(nothing.text, /no refund is due/);
  for (const refund_minor of [0, 19_000]) {
    const rest = { ...facts, refund_minor, back_before_minor: 1_000 };
    const { text } = letterAbout('booking_cancelled_guest', rest, 'en');
    assertMatch(
      text,
      refund_minor === 0 ? /Nothing more will be refunded\./ : /Your refund is \$190\.00\./,
    );
    assertMatch(text, /\$10\.00 was already refunded to you\./);
  }
  const left = { ...facts, left_minor: 9_700, penalty_minor: 5_000 };
  const host = letterAbout('booking_cancelled_host', left, 'en');
  assertMatch(host.text, /You will receive \$97\.00\./);
  assertMatch(host.text, /You owe \$50\.00, which will be deducted from future payouts\./);
});

Deno.test('every letter is written in every language, with the same facts and amounts', () => {
  const hello = { de: /^Hallo /, fr: /^Bonjour /, es: /^Hola, /, en: /^Hello / };
  assertEquals(languageNames.toSorted(), Object.keys(hello).toSorted());
  for (const template of templateNames) {
    for (const [language, word] of Object.entries(hello)) {
      const { subject, text, html } = letterAbout(template, facts, language);
      assertMatch(text, word);
      for (const fact of ['The Mill', ...(dates[language] ?? []), facts.booking_id]) {
        assert(text.includes(fact), `${template} in ${language} says ${fact}`);
      }
      assert(!/undefined|null|NaN/.test(subject + text + html), `${template} in ${language}`);
      if (language !== 'en') {
        const english = letterAbout(template, facts, 'en');
        assert(subject !== english.subject, `${template} is not in ${language}`);
      }
    }
  }
  // Every language tells the same amounts as English.
  const amounts = {
    paid: 101,
    later: 202,
    unpaid: 303,
    refund: 404,
    owed: 505,
    left: 606,
    penalty: 707,
  };
  const minor = Object.entries(amounts).map(([name, value]) => [`${name}_minor`, value * 100]);
  const told = {
    ...facts,
    ...Object.fromEntries(minor),
    given_back_minor: 80_800,
    share_minor: 90_900,
    claimed_minor: 30_100,
    award_minor: 40_200,
    difference_minor: 50_300,
    moved_minor: 60_400,
  };
  for (const template of templateNames) {
    const said = (language: string) =>
      letterAbout(template, told, language).text.match(/\b[1-9]0[1-9]\b/g)?.sort().join();
    for (const language of languageNames) {
      assertEquals(said(language), said('en'), `${template} in ${language}`);
    }
  }
});

Deno.test('dates are written as in the language of the letter, or of the country of its reader', () => {
  const written = (locale: string) =>
    letterAbout('booking_requested', facts, locale).text.split('\n').slice(4);
  const british = letterAbout('booking_requested', facts, 'en-GB');
  assertMatch(british.text, /1 June 2031 to 3 June 2031/);
  assertMatch(british.text, /answer by 21 May 2031 at 12:00 UTC/);
  assertMatch(written('de').join(), /bis 21\. Mai 2031 um 12:00 UTC/);
  assertEquals(written('pt-BR'), written('en'), 'no Portuguese date in an English letter');
});

Deno.test('whoever reads none of these languages reads English', () => {
  assertMatch(letterAbout('booking_declined', facts, 'pt-BR').text, /^Hello Ada,/);
  assertMatch(letterAbout('booking_declined', facts, 'de-AT').text, /^Hallo Ada,/);
  assertMatch(letterAbout('booking_declined', facts, 'toString').text, /^Hello Ada,/);
});

Deno.test('a letter leads to the page it is about, and nowhere without a frontend', () => {
  const site = 'https://stay.example/de/';
  const conversation_id = '20000000-0000-4000-8000-000000000002';
  const message = { conversation_id, listing_title: '', recipient_name: '', sender_name: '' };
  const letters: [string, Record<string, unknown>, string][] = [
    ...templateNames.map((name): [string, typeof facts, string] => [
      name,
      facts,
      `https://stay.example/de/bookings/${facts.booking_id}`,
    ]),
    [
      'message_received',
      { ...message, body: 'See https://evil.example/' },
      `https://stay.example/de/conversations/${conversation_id}`,
    ],
    ...newsNames.map((name): [string, Record<string, unknown>, string] => [
      name,
      { recipient_name: 'Ada' },
      'https://stay.example/de/notifications',
    ]),
  ];
  for (const [template, told, page] of letters) {
    for (const language of languageNames) {
      const { text, html } = letterAbout(template, told, language, { site });
      assert(text.split('\n').includes(page), `${template} in ${language} leads to ${page}`);
      assertEquals(html.match(/<a href="[^"]*">[^<]*<\/a>/g), [`<a href="${page}">${page}</a>`]);
      assert(!letterAbout(template, told, language).html.includes('<a'), template);
    }
  }
});

Deno.test('a letter about a message has its words as text, and a way out', () => {
  const said = {
    conversation_id: '20000000-0000-4000-8000-000000000002',
    listing_title: 'The Mill\r\nBcc: all@example.com',
    recipient_name: 'Ada',
    sender_name: '<b>Hedy</b>',
    body: 'Bring <shoes>.',
  };
  const { subject, text, html } = letterAbout(
    'message_received',
    said,
    'fr',
    { unsubscribe: 'https://x.example?token=1' },
  );
  assertEquals(subject, 'Nouveau message\u00a0: The Mill Bcc: all@example.com');
  assertMatch(text, /^Bonjour Ada,\n/);
  assertMatch(text, /Bring <shoes>\./);
  assertMatch(text, /https:\/\/x\.example\?token=1/);
  assertMatch(html, /Bring &#60;shoes&#62;\./);
  assert(!html.includes('<b>'), html);
});

Deno.test('a letter about no booking says what it has in every language, and nothing it has not', () => {
  const said = {
    recipient_name: 'Grace',
    listing_title: 'The Mill',
    city: 'Albany',
    other_name: 'Hedy',
    check_in: '2031-06-01',
    check_out: '2031-06-03',
    guests: 2,
    currency: 'USD',
    exponent: 2,
    total_minor: 70_500,
    until: '2031-05-21T12:00:00+00:00',
    words: 'My words.',
    invitation_id: '10000000-0000-4000-8000-000000000001',
    code: '0a1b2-c3d4e-5f607-18293',
    measure: 'warn',
    acted: true,
  };
  // The host's share, the other's words and the like must not be lost on the way to a language.
  const facts = [
    'The Mill',
    'Albany',
    'Hedy',
    '705',
    '12:00 UTC',
    'My words.',
    '0a1b2-c3d4e-5f607-18293',
  ];
  const told = (template: string, language: string) => {
    const { subject, text } = letterAbout(template, said, language);
    const days = (dates[language] ?? []).map((day, place) =>
      `${subject} ${text}`.includes(day) ? `day ${place}` : ''
    );
    return [...days, ...facts.filter((fact) => `${subject} ${text}`.includes(fact))].join(' | ');
  };
  const subjects = new Set<string>();
  for (const template of newsNames) {
    for (const language of languageNames) {
      const { subject, text, html } = letterAbout(template, said, language);
      subjects.add(subject);
      assertEquals(told(template, language), told(template, 'en'), `${template} in ${language}`);
      assert(!/undefined|null|NaN/.test(subject + text + html), `${template} in ${language}`);
      const bare = letterAbout(template, { recipient_name: '' }, language);
      assert(!/undefined|null|NaN/.test(bare.subject + bare.text), `${template} in ${language}`);
    }
  }
  assertEquals(subjects.size, newsNames.length * languageNames.length, 'each has words of its own');
  assertMatch(
    letterAbout('cohost_invited', { ...said, recipient_name: '' }, 'de').text,
    /^Hallo,\n/,
  );
  assertMatch(letterAbout('offer_received', said, 'en').text, /You would pay \$705\.00/);
});

Deno.test('no subject has the name of somebody else in it, and that of an invitation no title', () => {
  for (const language of languageNames) {
    for (const template of templateNames) {
      const { subject } = letterAbout(
        template,
        { ...facts, guest_name: 'PAY', host_name: 'NOW' },
        language,
      );
      assert(!/PAY|NOW/.test(subject), `${template} in ${language}: ${subject}`);
    }
    for (const template of newsNames) {
      const said = { recipient_name: 'Ada', other_name: 'PAY', listing_title: 'NOW', city: 'HERE' };
      const { subject } = letterAbout(template, said, language);
      assert(!subject.includes('PAY'), `${template} in ${language}: ${subject}`);
      if (template === 'cohost_invited') assert(!/NOW|HERE/.test(subject), subject);
    }
  }
});

Deno.test('every measure of staff is told in every language', () => {
  const measures = [
    'warn',
    'suspend',
    'lift_suspension',
    'hide_listing',
    'show_listing',
    'remove_review',
    'remove_message',
  ];
  for (const language of languageNames) {
    const texts = measures.map((measure) =>
      letterAbout('decision_made', { recipient_name: 'Ada', measure }, language).text
    );
    const unknown = letterAbout('decision_made', { recipient_name: 'Ada', measure: 'x' }, language);
    assertEquals(new Set([...texts, unknown.text]).size, measures.length + 1, language);
  }
});

Deno.test('a decision about a home names it in every language, and another names none', () => {
  for (const language of languageNames) {
    const said = { recipient_name: 'Ada', measure: 'warn', words: 'Do not.' };
    const told = letterAbout('decision_made', {
      ...said,
      listing_title: 'The Mill',
      city: 'Albany',
    }, language);
    const other = letterAbout('decision_made', {
      ...said,
      listing_title: null,
      city: null,
    }, language);
    const lines = told.text.split('\n\n').filter((line) => !other.text.includes(line));
    assertEquals(lines.length, 1, language);
    assertMatch(lines[0] ?? '', /The Mill, Albany\.$/);
  }
});
