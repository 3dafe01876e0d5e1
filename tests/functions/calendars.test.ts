import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { inProject } from '../../local/paths.ts';
import { NotACalendar, readCalendar } from '../../supabase/functions/sync-calendars/components.ts';
import {
  parseCalendar,
  type ParseOptions,
  TooManyEvents,
  zonesOf,
} from '../../supabase/functions/sync-calendars/parse.ts';
import { textOf } from '../../supabase/functions/sync-calendars/unfold.ts';
import { rulesByIntl } from '../support/zone-rules.ts';

const listingId = '10000000-0000-4000-8000-00000000000a';
const options: ParseOptions = {
  listingId,
  timeZone: 'America/New_York',
  today: '2031-05-20',
  from: '2029-02-01',
  until: '2033-08-01',
  rules: rulesByIntl(
    'America/New_York',
    'America/Los_Angeles',
    'Asia/Tokyo',
    'Europe/Berlin',
    'Europe/Paris',
    'Pacific/Auckland',
  ),
};

const nights = (text: string, changed: Partial<ParseOptions> = {}) =>
  parseCalendar(text, { ...options, ...changed }).events
    .map(({ check_in: checkIn, check_out: checkOut }) => `${checkIn}..${checkOut}`);

const fixture = (name: string) =>
  readFileSync(inProject('tests/fixtures/calendars', `${name}.ics`), 'utf8');

/** A calendar around lines of events. */
const calendar = (...lines: string[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Test//EN', ...lines, 'END:VCALENDAR', ''].join(
    '\r\n',
  );

const event = (...lines: string[]) =>
  calendar('BEGIN:VEVENT', 'UID:one@example.com', ...lines, 'END:VEVENT');

describe('the shapes that others publish', () => {
  test.for(
    [
      ['airbnb', 'UTC', ['2031-06-02..2031-06-05', '2031-07-05..2031-07-12']],
      ['booking-com', 'UTC', ['2031-06-10..2031-06-11', '2031-06-11..2031-06-14']],
      ['vrbo', 'America/New_York', [
        '2031-06-20..2031-06-27',
        '2031-07-01..2031-07-02',
        '2031-08-01..2031-08-05',
      ]],
      ['google', 'America/New_York', [
        '2031-06-03..2031-06-06',
        '2031-06-10..2031-06-13',
        // 9:30 in the evening of the day before, in New York
        '2031-06-15..2031-06-16',
        '2031-07-06..2031-07-08',
        '2031-07-22..2031-07-23',
        '2031-07-27..2031-07-29',
      ]],
      ['outlook', 'America/New_York', ['2031-06-04..2031-06-08', '2031-06-15..2031-06-17']],
      ['apple', 'Europe/Berlin', [
        '2031-06-01..2031-06-10',
        '2031-06-20..2031-06-21',
        '2031-12-24..2032-01-02',
        '2032-12-24..2033-01-02',
      ]],
    ] as const,
  )('%s', ([name, timeZone, expected]) => {
    const text = fixture(name);
    const { events, broken } = parseCalendar(text, { ...options, timeZone });
    expect(events.map((one) => `${one.check_in}..${one.check_out}`)).toEqual(expected);
    expect(broken).toEqual([]);
    // Whatever ends its lines, and whatever stands before it.
    for (
      const other of [text.replaceAll('\n', '\r\n'), `\uFEFF${text}`, text.replaceAll('\n', '\r')]
    ) {
      expect(parseCalendar(other, { ...options, timeZone }).events).toEqual(events);
    }
  });

  test('words are read unfolded and unescaped', () => {
    const [first] =
      parseCalendar(fixture('apple'), { ...options, timeZone: 'Europe/Berlin' }).events;
    expect(first?.summary).toBe('Familie Müller – Sommerferien mit 👨‍👩‍👧‍👦 und einem sehr langen Namen');
    expect(first?.uid).toBe('3B5A1F0E-6C7D-4E8F-9A0B-1C2D3E4F5A6B');
  });
});

describe('which nights an event takes', () => {
  test.for(
    [
      ['no end: one night', ['DTSTART;VALUE=DATE:20310601'], '2031-06-01..2031-06-02'],
      ['an end on the same day: one night', [
        'DTSTART;VALUE=DATE:20310601',
        'DTEND;VALUE=DATE:20310601',
      ], '2031-06-01..2031-06-02'],
      [
        'names in small letters',
        ['dtstart;value=date:20310601', 'dtend;value=date:20310603'],
        '2031-06-01..2031-06-03',
      ],
      [
        'a date that does not say it is one',
        ['DTSTART:20310601', 'DTEND:20310603'],
        '2031-06-01..2031-06-03',
      ],
      ['weeks', ['DTSTART;VALUE=DATE:20310601', 'DURATION:P1W'], '2031-06-01..2031-06-08'],
      ['hours', ['DTSTART:20310601T150000', 'DURATION:P1DT20H'], '2031-06-01..2031-06-03'],
      ['no hours at all', ['DTSTART:20310601T150000'], '2031-06-01..2031-06-02'],
      [
        'an hour in the morning',
        ['DTSTART:20310601T090000', 'DTEND:20310601T100000'],
        '2031-06-01..2031-06-02',
      ],
      [
        'an end at midnight',
        ['DTSTART:20310601T150000', 'DTEND:20310603T000000'],
        '2031-06-01..2031-06-03',
      ],
      [
        'UTC, seen from New York',
        ['DTSTART:20310601T030000Z', 'DTEND:20310603T030000Z'],
        '2031-05-31..2031-06-02',
      ],
      ['Tokyo, seen from New York', [
        'DTSTART;TZID=Asia/Tokyo:20310601T100000',
        'DTEND;TZID=Asia/Tokyo:20310603T100000',
      ], '2031-05-31..2031-06-02'],
      [
        'a quoted zone',
        ['DTSTART;TZID="Asia/Tokyo":20310601T100000', 'DURATION:P2D'],
        '2031-05-31..2031-06-02',
      ],
      ['a prefixed zone', [
        'DTSTART;TZID=/citadel.org/20310101_1/Asia/Tokyo:20310601T100000',
        'DURATION:P2D',
      ], '2031-05-31..2031-06-02'],
      [
        'a zone nobody knows',
        ['DTSTART;TZID=Middle-earth/Shire:20310601T100000', 'DURATION:P2D'],
        '2031-06-01..2031-06-03',
      ],
      ['a start in one zone and an end in another', [
        'DTSTART;TZID=Asia/Tokyo:20310601T100000',
        'DTEND:20310603T120000Z',
      ], '2031-05-31..2031-06-03'],
      ['the night when clocks go forward', [
        'DTSTART;TZID=America/New_York:20310309T013000',
        'DTEND;TZID=America/New_York:20310310T000000',
      ], undefined],
      ['a week over the change of clocks', [
        'DTSTART;TZID=Europe/Paris:20311025T000000',
        'DTEND;TZID=Europe/Paris:20311027T000000',
      ], '2031-10-24..2031-10-26'],
      ['free or busy', [
        'DTSTART;VALUE=DATE:20310601',
        'TRANSP:TRANSPARENT',
        'X-MICROSOFT-CDO-BUSYSTATUS:FREE',
      ], '2031-06-01..2031-06-02'],
      ['cancelled', ['DTSTART;VALUE=DATE:20310601', 'status:cancelled'], undefined],
      [
        'over before today',
        ['DTSTART;VALUE=DATE:20310501', 'DTEND;VALUE=DATE:20310520'],
        undefined,
      ],
      [
        'going on today',
        ['DTSTART;VALUE=DATE:20310501', 'DTEND;VALUE=DATE:20310521'],
        '2031-05-01..2031-05-21',
      ],
      [
        'from always to ever',
        ['DTSTART;VALUE=DATE:00010101', 'DTEND;VALUE=DATE:99991231'],
        '2029-02-01..2033-08-01',
      ],
      ['too far away', ['DTSTART;VALUE=DATE:20330801', 'DTEND;VALUE=DATE:20330803'], undefined],
    ] as const,
  )('%s', ([_, lines, expected]) => {
    expect(nights(event(...lines))).toEqual(expected === undefined ? [] : [expected]);
    expect(parseCalendar(event(...lines), options).broken).toEqual([]);
  });

  test.for(
    [
      // It is the day before in New York.
      ['Windows', 'Tokyo Standard Time', '2031-05-31..2031-06-02'],
      ['Windows in small letters and quotes', '"tokyo standard time"', '2031-05-31..2031-06-02'],
      [
        'Windows, by another marketplace',
        '/example.com/Tokyo Standard Time',
        '2031-05-31..2031-06-02',
      ],
      ['UTC of Exchange', '"tzone://Microsoft/Utc"', '2031-05-31..2031-06-02'],
      ['an abbreviation', 'PST8PDT', '2031-06-01..2031-06-03'],
      ['nobody', 'Customized Time Zone', '2031-06-01..2031-06-03'],
    ] as const,
  )('a time zone as it is named by %s', ([_, tzid, expected]) => {
    const lines = [`DTSTART;TZID=${tzid}:20310601T010000`, `DTEND;TZID=${tzid}:20310603T010000`];
    expect(nights(event(...lines))).toEqual([expected]);
  });

  describe('a time zone that the calendar defines itself', () => {
    const inZone = (tzid: string, observances: string[], ...times: [string, string]) =>
      nights(calendar(
        'BEGIN:VTIMEZONE',
        `TZID:${tzid}`,
        'X-LIC-LOCATION:Nowhere',
        ...observances,
        'END:VTIMEZONE',
        'BEGIN:VEVENT',
        'UID:a',
        `DTSTART;TZID="${tzid}":${times[0]}`,
        `DTEND;TZID="${tzid}":${times[1]}`,
        'END:VEVENT',
      ));
    const observance = (name: string, from: string, to: string, ...lines: string[]) => [
      `BEGIN:${name}`,
      `TZOFFSETFROM:${from}`,
      `TZOFFSETTO:${to}`,
      ...lines,
      `END:${name}`,
    ];
    const tokyo = observance('STANDARD', '+0900', '+0900', 'DTSTART:16010101T000000');
    // As Outlook writes it: the rules of one year, since 1601.
    const paris = [
      ...observance(
        'STANDARD',
        '+0200',
        '+0100',
        'DTSTART:16010101T030000',
        'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10',
      ),
      ...observance(
        'DAYLIGHT',
        '+0100',
        '+0200',
        'DTSTART:16010101T020000',
        'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3',
      ),
    ];

    test('has the clocks of its definition', () => {
      expect(inZone('Mine', tokyo, '20310601T010000', '20310603T010000'))
        .toEqual(['2031-05-31..2031-06-02']);
    });

    test('changes its clocks on the day and at the hour that its rules say', () => {
      // New York is at UTC-4 in summer and at UTC-5 in winter.
      const day = (month: string, hour: string) =>
        inZone('Mine', paris, `2031${month}T${hour}00`, `2031${month}T${hour}30`)[0];
      expect(day('0601', '0559')).toBe('2031-05-31..2031-06-01');
      expect(day('0601', '0600')).toBe('2031-06-01..2031-06-02');
      // On 26 October clocks in Paris go back at 3:00, a week before those of New York.
      expect(day('1027', '0459')).toBe('2031-10-26..2031-10-27');
      expect(day('1027', '0500')).toBe('2031-10-27..2031-10-28');
      expect(day('1201', '0559')).toBe('2031-11-30..2031-12-01');
      expect(day('1201', '0600')).toBe('2031-12-01..2031-12-02');
    });

    test('changes them by dates, and no longer than until a day', () => {
      const dates = [
        ...observance(
          'STANDARD',
          '+0000',
          '+0900',
          'DTSTART:20310601T000000',
          'RDATE:20310801T000000',
        ),
        ...observance(
          'DAYLIGHT',
          '+0900',
          '+0000',
          'DTSTART:20310701T000000',
          'RRULE:FREQ=YEARLY;UNTIL=20320101T000000Z',
        ),
      ];
      const night = (day: string) => inZone('Mine', dates, `${day}T080000`, `${day}T090000`)[0];
      expect(night('20310610')).toBe('2031-06-09..2031-06-10');
      expect(night('20310710')).toBe('2031-07-10..2031-07-11');
      expect(night('20310810')).toBe('2031-08-09..2031-08-10');
      expect(night('20320710')).toBe('2032-07-09..2032-07-10');
    });

    test('is not asked about a place, whose rules Postgres knows', () => {
      expect(inZone('Europe/Paris', tokyo, '20310601T055900', '20310603T055900'))
        .toEqual(['2031-05-31..2031-06-02']);
    });

    test('is asked before a name of Windows, which may stand for rules of its own', () => {
      expect(inZone('Romance Standard Time', tokyo, '20310601T120000', '20310601T125900'))
        .toEqual(['2031-05-31..2031-06-01']);
    });

    test('has no part that began before it', () => {
      expect(nights(calendar(
        'BEGIN:STANDARD',
        'BEGIN:VALARM',
        'BEGIN:VTIMEZONE',
        'END:VALARM',
        'DTSTART:20310601T000000',
        'BEGIN:VEVENT',
        'UID:a',
        'DTSTART;VALUE=DATE:20310601',
        'END:VEVENT',
      ))).toEqual(['2031-06-01..2031-06-02']);
    });

    test.for([
      ['nothing', []],
      ['no offset', ['BEGIN:STANDARD', 'DTSTART:16010101T000000', 'END:STANDARD']],
      ['a start without hours', observance('STANDARD', '+0900', '+0900', 'DTSTART:20310101')],
      [
        'an offset beyond a day',
        observance('STANDARD', '+9900', '+9900', 'DTSTART:16010101T000000'),
      ],
      [
        'a rule by seconds',
        observance('STANDARD', '+09', '+0900', 'DTSTART:16010101T000000', 'RRULE:FREQ=SECONDLY'),
      ],
      [
        'a change every day since 1601',
        observance('STANDARD', '+0900', '+0900', 'DTSTART:16010101T000000', 'RRULE:FREQ=DAILY'),
      ],
    ])('floats when its definition says %s', ([_, lines]) => {
      expect(inZone('Mine', lines as string[], '20310601T010000', '20310603T010000'))
        .toEqual(['2031-06-01..2031-06-03']);
    });
  });

  test('a skipped hour counts with the offset before it, of an hour that comes twice the first does', () => {
    const rules = new Map(options.rules);
    rules.set('Ahead', { since: [], offsets: [-7.5 * 3600] });
    rules.set('Behind', { since: [], offsets: [-5.5 * 3600] });
    const seen = (time: string, home: string) =>
      nights(event(`DTSTART;TZID=America/New_York:${time}`), { timeZone: home, rules })[0];
    // 2:30 on 14 March 2032 does not exist in New York: it is 7:30 UTC, midnight at home. Read with the
    // offset after the gap it would be an hour earlier, on the 13th.
    expect(seen('20320314T023000', 'Ahead')).toBe('2032-03-14..2032-03-15');
    // 1:30 on 7 November 2032 comes twice in New York: at 5:30 UTC, midnight at home, and at 6:30.
    expect(seen('20321107T012900', 'Behind')).toBe('2032-11-06..2032-11-07');
    expect(seen('20321107T013000', 'Behind')).toBe('2032-11-07..2032-11-08');
  });

  test('no zone is asked for when a calendar says whole days alone, and the home always else', () => {
    const zones = (...lines: string[]) => zonesOf(readCalendar(event(...lines)), 'Europe/Paris');
    expect(zones('DTSTART;VALUE=DATE:20310601', 'SUMMARY:10T00')).toEqual([]);
    expect(zones('DTSTART:20310601T010000Z')).toEqual(['Europe/Paris']);
    expect(zones('DTSTART;TZID=/x.org/Asia/Tokyo:20310601T010000').sort())
      .toEqual(['Asia/Tokyo', 'Europe/Paris', 'Tokyo']);
    expect(zones('DTSTART;TZID=Romance Standard Time:20310601T010000').sort())
      .toEqual(['Europe/Paris']);
  });

  test('a character is whole again when the line was folded inside of it', () => {
    const octets = (text: string) => [...new TextEncoder().encode(text)];
    const characters = octets('Café 日本 👨‍👩‍👧');
    for (const fold of ['\r\n ', '\n\t', '\r ']) {
      const summary = characters.flatMap((octet) => [...octets(fold), octet]);
      const bytes = new Uint8Array([
        ...octets('BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:20310601\r\nSUMMARY:'),
        ...summary,
        ...octets('\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'),
      ]);
      expect(parseCalendar(textOf(bytes), options).events[0]?.summary).toBe('Café 日本 👨‍👩‍👧');
    }
    const utf16 = new Uint8Array([0xff, 0xfe, ...Buffer.from('BEGIN:é', 'utf16le')]);
    expect(textOf(utf16)).toBe('BEGIN:é');
    expect(textOf(new Uint8Array([0xef, 0xbb, 0xbf, 65]))).toBe('A');
  });

  test('an alarm inside an event says nothing about nights', () => {
    expect(nights(event(
      'DTSTART;VALUE=DATE:20310601',
      'BEGIN:VALARM',
      'DTSTART;VALUE=DATE:20310701',
      'DTEND;VALUE=DATE:20310801',
      'DURATION:P9D',
      'STATUS:CANCELLED',
      'END:VALARM',
      'DTEND;VALUE=DATE:20310603',
    ))).toEqual(['2031-06-01..2031-06-03']);
  });

  test('to-dos, journals and free-busy lists take nothing', () => {
    const other = (name: string) => [`BEGIN:${name}`, 'DTSTART;VALUE=DATE:20310601', `END:${name}`];
    expect(nights(calendar(...other('VTODO'), ...other('VJOURNAL'), ...other('VFREEBUSY'))))
      .toEqual([]);
  });

  test('our own events come back as echoes; those of another listing here do not', () => {
    const echo = (listing: string) =>
      calendar(
        'BEGIN:VEVENT',
        `UID:7@${listing}.staybase`,
        'DTSTART;VALUE=DATE:20310601',
        'END:VEVENT',
      );
    expect(nights(echo(listingId))).toEqual([]);
    expect(nights(echo(listingId.toUpperCase()))).toEqual([]);
    expect(parseCalendar(echo(listingId), options).seen).toBe(1);
    expect(nights(echo('10000000-0000-4000-8000-00000000000b'))).toHaveLength(1);
  });
});

describe('events that come again', () => {
  const recurring = (...lines: string[]) => nights(event(...lines));
  const day = 'DTSTART;VALUE=DATE:20310602';
  test.for(
    [
      ['daily, as one run', [day, 'RRULE:FREQ=DAILY;COUNT=3'], ['2031-06-02..2031-06-05']],
      ['every other day', [day, 'RRULE:FREQ=DAILY;INTERVAL=2;COUNT=3'], [
        '2031-06-02..2031-06-03',
        '2031-06-04..2031-06-05',
        '2031-06-06..2031-06-07',
      ]],
      ['on weekends, until a day', [day, 'RRULE:FREQ=WEEKLY;BYDAY=SA,SU;UNTIL=20310615'], [
        '2031-06-02..2031-06-03',
        '2031-06-07..2031-06-09',
        '2031-06-14..2031-06-16',
      ]],
      ['on the last day of the month', [
        'DTSTART;VALUE=DATE:20310630',
        'RRULE:FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3',
      ], ['2031-06-30..2031-07-01', '2031-07-31..2031-08-01', '2031-08-31..2031-09-01']],
      ['on the 31st, where there is one', [
        'DTSTART;VALUE=DATE:20310531',
        'RRULE:FREQ=MONTHLY;COUNT=3',
      ], ['2031-05-31..2031-06-01', '2031-07-31..2031-08-01', '2031-08-31..2031-09-01']],
      ['on the second Tuesday', [
        'DTSTART;VALUE=DATE:20310610',
        'RRULE:FREQ=MONTHLY;BYDAY=2TU;COUNT=2',
      ], ['2031-06-10..2031-06-11', '2031-07-08..2031-07-09']],
      ['on the last working day', [
        'DTSTART;VALUE=DATE:20310630',
        'RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2',
      ], ['2031-06-30..2031-07-01', '2031-07-31..2031-08-01']],
      ['on a leap day', ['DTSTART;VALUE=DATE:20280229', 'RRULE:FREQ=YEARLY'], [
        '2032-02-29..2032-03-01',
      ]],
      ['each summer for years', [
        'DTSTART;VALUE=DATE:20100701',
        'DTEND;VALUE=DATE:20100703',
        'RRULE:FREQ=YEARLY',
      ], ['2031-07-01..2031-07-03', '2032-07-01..2032-07-03', '2033-07-01..2033-07-03']],
      ['counted from the past', ['DTSTART;VALUE=DATE:20300602', 'RRULE:FREQ=MONTHLY;COUNT=14'], [
        '2031-06-02..2031-06-03',
        '2031-07-02..2031-07-03',
      ]],
      ['but not on some days', [
        day,
        'RRULE:FREQ=DAILY;COUNT=4',
        'EXDATE;VALUE=DATE:20310603,20310604',
      ], ['2031-06-02..2031-06-03', '2031-06-05..2031-06-06']],
      ['and on some more', [day, 'RDATE;VALUE=DATE:20310701,20310703'], [
        '2031-06-02..2031-06-03',
        '2031-07-01..2031-07-02',
        '2031-07-03..2031-07-04',
      ]],
      ['at a time, but not once', [
        'DTSTART;TZID=Asia/Tokyo:20310602T150000',
        'RRULE:FREQ=WEEKLY;COUNT=3',
        'EXDATE:20310609T060000Z',
      ], ['2031-06-02..2031-06-03', '2031-06-16..2031-06-17']],
    ] as const,
  )('%s', ([_, lines, expected]) => {
    expect(recurring(...lines)).toEqual(expected);
  });

  test('a rule that is not understood makes the event broken, and takes nothing by guess', () => {
    for (
      const rule of [
        'FREQ=HOURLY',
        'FREQ=YEARLY;BYWEEKNO=3',
        'COUNT=3',
        'FREQ=DAILY;INTERVAL=0',
        'FREQ=WEEKLY;BYDAY=XX',
        'nonsense',
      ]
    ) {
      expect(parseCalendar(event(day, `RRULE:${rule}`), options)).toMatchObject({
        events: [],
        broken: [{ uid: 'one@example.com', problem: 'its recurrence is not understood' }],
      });
    }
  });

  test('rules that would keep us busy for ever end as broken events', () => {
    const endless = Array.from({ length: 300 }, (_, place) => [
      'BEGIN:VEVENT',
      `UID:${place}`,
      'DTSTART;VALUE=DATE:19000101',
      'RRULE:FREQ=DAILY;COUNT=999999;BYMONTH=2;BYMONTHDAY=30',
      'END:VEVENT',
    ]).flat();
    const { broken, events } = parseCalendar(calendar(...endless), options);
    expect(broken.length).toBeGreaterThan(290);
    expect(events).toEqual([]);
  });
});

describe('what cannot be read', () => {
  test.for(
    [
      ['no start', ['DTEND;VALUE=DATE:20310603'], 'it has no start'],
      ['a start that is no day', ['DTSTART;VALUE=DATE:20310230'], 'its start is no date'],
      ['a start that is no time', ['DTSTART:20310601T250000'], 'its start is no date'],
      ['two starts', ['DTSTART:20310601', 'DTSTART:20310602'], 'it has two starts or ends'],
      ['an end that is none', ['DTSTART:20310601', 'DTEND:soon'], 'its end is no date'],
      [
        'an end before the start',
        ['DTSTART:20310601', 'DTEND:20310531'],
        'it ends before it starts',
      ],
      ['no length', ['DTSTART:20310601', 'DURATION:P'], 'its duration is none'],
      ['a length backwards', ['DTSTART:20310601', 'DURATION:-P1D'], 'its duration is none'],
      [
        'a series it does not name',
        ['DTSTART:20310601', 'RECURRENCE-ID:never'],
        'its RECURRENCE-ID is no date',
      ],
    ] as const,
  )("%s is the event's fault, and the next event counts", ([_, lines, problem]) => {
    const text = calendar(
      'BEGIN:VEVENT',
      'UID:bad',
      ...lines,
      'END:VEVENT',
      'BEGIN:VEVENT',
      'UID:good',
      'DTSTART;VALUE=DATE:20310610',
      'END:VEVENT',
    );
    const parsed = parseCalendar(text, options);
    expect(parsed.broken).toEqual([{ uid: 'bad', problem }]);
    expect(parsed.events.map(({ uid }) => uid)).toEqual(['good']);
    expect(parsed.seen).toBe(1);
  });

  test('an event without an end spoils itself alone', () => {
    const text = calendar(
      'BEGIN:VEVENT',
      'UID:bad',
      'DTSTART;VALUE=DATE:20310601',
      'BEGIN:VEVENT',
      'UID:good',
      'DTSTART;VALUE=DATE:20310610',
      'END:VEVENT',
      'BEGIN:VEVENT',
      'UID:last',
      'DTSTART;VALUE=DATE:20310701',
    );
    expect(parseCalendar(text, options)).toMatchObject({
      events: [{ uid: 'good' }],
      broken: [{ uid: 'bad', problem: 'it does not end' }, {
        uid: 'last',
        problem: 'it does not end',
      }],
    });
  });

  test.for([
    ['nothing', ''],
    ['a page', '<!doctype html><html><body>BEGIN:VCALENDAR\r\nEND:VCALENDAR</body></html>'],
    ['words before it', 'Please sign in.\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR'],
    ['an event alone', 'BEGIN:VEVENT\r\nDTSTART:20310601\r\nEND:VEVENT'],
    ['json', '{"error": "try later"}'],
    [
      'only its beginning',
      calendar('BEGIN:VEVENT', 'DTSTART:20310601', 'END:VEVENT').slice(0, -20),
    ],
    ['cut off between events', event('DTSTART:20310601').replace('END:VCALENDAR', '')],
  ])('%s is no calendar', ([_, text]) => {
    expect(() => parseCalendar(text!, options)).toThrow(NotACalendar);
  });

  test('two calendars in one file are one', () => {
    expect(nights(event('DTSTART:20310601') + event('DTSTART:20310610'))).toHaveLength(2);
  });

  test('more events than anyone has are refused as a whole', () => {
    const many = Array.from({ length: 3001 }, (_, place) => [
      'BEGIN:VEVENT',
      `UID:${place}`,
      'DTSTART;VALUE=DATE:20310601',
      'END:VEVENT',
    ]).flat();
    expect(() => parseCalendar(calendar(...many), options)).toThrow(TooManyEvents);
  });
});

test.for(
  [
    [
      'free hours within a day take no night',
      'DTSTART:20310620T110000',
      'DTEND:20310620T113000',
      'TRANSPARENT',
      0,
    ],
    ['nor does a free moment', 'DTSTART:20310620T110000', '', 'TRANSPARENT', 0],
    ['busy hours do', 'DTSTART:20310620T110000', 'DTEND:20310620T113000', 'OPAQUE', 1],
    [
      'so do free hours over midnight',
      'DTSTART:20310620T230000',
      'DTEND:20310621T010000',
      'TRANSPARENT',
      1,
    ],
    ['and whole days, free or not', 'DTSTART;VALUE=DATE:20310620', '', 'TRANSPARENT', 1],
  ] as const,
)('%s', ([_, start, end, transparency, count]) => {
  const lines = ['BEGIN:VEVENT', 'UID:a', start, end, `TRANSP:${transparency}`, 'END:VEVENT'];
  const parsed = parseCalendar(calendar(...lines.filter((line) => line !== '')), options);
  expect(parsed.events).toHaveLength(count);
  expect(parsed.seen).toBe(1);
});
