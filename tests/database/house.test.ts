import { globSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { projectDirectory } from '../../local/paths.ts';
import { linesOf } from '../../scripts/shared/definitions.ts';
import { forwardReferences, isOfATeam, lostSignposts } from '../support/chapters.ts';
import stillForward from './forward-references.json' with { type: 'json' };

/** What only the text of the chapters tells; house.test.sql reads the rest from the catalogs. */
const folder = new URL('../../supabase/migrations/', import.meta.url);
const chapters = readdirSync(folder).filter((file) => file.endsWith('.sql') && !isOfATeam(file))
  .map((file) => ({
    file,
    text: readFileSync(new URL(file, folder), 'utf8'),
  }));

/** SQL without its comments. */
const spoken = (text: string) => text.replace(/--.*$/gm, '');

/** The statements of a chapter, bodies of functions cut at their semicolons too: enough to look at. */
const statements = (text: string) =>
  spoken(text).split(';').map((statement) => statement.trim().replace(/\s+/g, ' '));

test('there are chapters to read', () => {
  expect(chapters.length).toBeGreaterThan(9);
});

// The list only ever gets shorter: what is cured comes off it, and nothing is added.
test('a chapter names what it or an earlier chapter creates, but for the names that are listed', () => {
  expect(forwardReferences()).toEqual(stillForward);
});

// Its key, its lease and what makes it unique are said in one place.
test('commands are queued by private.queue_command alone', () => {
  const queueing = chapters.flatMap(({ text }) =>
    spoken(text).match(
      /^create function [\w.]+\((?:(?!^end|^create )[^])*?insert into private\.commands\b/gm,
    ) ??
      []
  ).map((body) => /^create function ([\w.]+)/.exec(body)?.[1]);
  expect(queueing).toEqual(['private.queue_command']);
});

describe('a chapter that is named', () => {
  const readers = globSync(['supabase/migrations/*.sql', 'docs/**/*.md', '*.md'], {
    cwd: projectDirectory,
  }).sort();

  test('is there, wherever a comment or a page sends its readers', () => {
    const lost = readers.flatMap((path) =>
      lostSignposts(linesOf(path).join('\n')).map((name) => `${path}: ${name}`)
    );
    expect(lost).toEqual([]);
  });

  test('is missed when it is not there', () => {
    const texts = [
      '-- Guests read it too: that policy is in trouble_contact.',
      '-- Guests read it too: that policy is in\n-- trouble_contact, with others.',
      '-- Whoever has the address of a file reads it (privacy_checked_file).',
      'The lock order stands at the head of the chapter `time_schedule`.',
    ];
    expect(texts.flatMap(lostSignposts)).toEqual([
      'trouble_contact',
      'trouble_contact',
      'privacy_checked_file',
      'time_schedule',
    ]);
  });

  test('is found by its name, its part and both', () => {
    const text = 'It is in time_schedules, chapter `schedules`, chapter `time`, (time_schedules).';
    expect(lostSignposts(text)).toEqual([]);
  });
});

describe.each(chapters)('$file', ({ file, text }) => {
  test('is a chapter by its name', () => {
    expect(file).toMatch(/^\d{14}_[a-z_]+\.sql$/);
  });

  test('begins with its name, and says what it is about', () => {
    const [part = '', ...words] = file.replace(/^\d+_|\.sql$/g, '').split('_');
    const name = words.length > 0 ? words.join(' ') : part;
    expect(/^-- (.*?): /.exec(text)?.[1]?.toLowerCase()).toBe(name);
  });

  // The Supabase CLI would record such a comment as a statement, the embedded stack does not.
  test('ends with a statement', () => {
    expect(text.trimEnd().split('\n').at(-1)).not.toMatch(/^\s*--/);
  });

  test('grants and describes only its own functions, with the verbs of its rules', () => {
    const own = [...text.matchAll(/^create (?:or replace )?(?:function|procedure) ([\w.]+)\(/gm)]
      .map(([, name = '']) => name);
    const described = [...text.matchAll(/^comment on function ([\w.]+) is/gm)].map((
      [, name = ''],
    ) => name);
    const granted = [...text.matchAll(/^grant execute on function\s+([^;()]*?)\s+to /gm)]
      .flatMap(([, names = '']) => names.split(/,\s*/));
    expect([...described, ...granted].filter((name) => !own.includes(name))).toEqual([]);
    const elsewhere = chapters.filter((other) => other.file !== file).map((other) => other.text)
      .join('\n');
    expect(
      own.filter((name) =>
        name.startsWith('public.') &&
        elsewhere.includes(`\ncreate function private.${name.slice('public.'.length)}(`)
      ),
    ).toEqual([]);
  });

  // Hosted projects refuse anything else there, and a rebuilt embedded one would hide it.
  test("makes only triggers on auth.users and triggers and policies on storage.objects in Supabase's own rooms", () => {
    const elsewhere = statements(text).filter((statement) =>
      /\b(auth|storage|realtime|vault)\./.test(statement) &&
      /^(create|alter|drop|comment|grant|revoke|truncate|lock)\b/.test(statement) &&
      !/^create (or replace )?function (public|private)\./.test(statement) &&
      !/^create policy "[^"]+" on (public\.[a-z_]+|storage\.objects) /.test(statement) &&
      !/^create trigger [a-z_]+ after [a-z_, ]+ on auth\.users /.test(statement) &&
      !/^create trigger [a-z_]+ (before|after) [a-z_, ]+ on storage\.objects /.test(statement)
    );
    expect(elsewhere).toEqual([]);
  });

  test('has at most 600 lines of at most 100 columns', () => {
    const lines = text.split('\n');
    expect(lines.length).toBeLessThanOrEqual(601);
    // A word or a sentence that a function shows is not cut.
    const isOneLiteral = (line: string) => /'[^']{40,}/.test(line);
    expect(lines.filter((line) => line.length > 100 && !isOneLiteral(line))).toEqual([]);
  });

  test('sets no password and no state of a session', () => {
    const wrong = statements(text).filter((statement) =>
      // When constraints are checked is of the transaction.
      /^set (?!constraints )/.test(statement) || /\bpassword '/.test(statement) ||
      /\bpg_advisory_lock\b/.test(statement)
    );
    expect(wrong).toEqual([]);
  });

  test("asks the marketplace's clock what time it is", () => {
    // Defaults and logs may name the machine's; a rule may not. private.now() itself is the one place; how
    // long something took is the difference of two readings of pg_catalog's.
    const bodies = [...spoken(text).matchAll(/\bas \$\$([\s\S]*?)\$\$;/g)].map(([, body = '']) =>
      body
    );
    const machine = bodies.join('\n').match(
      /\bcurrent_(date|timestamp|time)\b|(?<![.\w])(clock|statement|transaction)_timestamp\(|(?<![.\w])now\(\)/g,
    );
    expect(machine ?? []).toEqual([]);
  });

  test('raises codes and nothing else', () => {
    const raised = [...spoken(text).matchAll(/raise exception '([^']*)'([^;]*)/g)];
    for (const [, message = '', rest = ''] of raised) {
      if (message === '%') continue;
      expect(message).toMatch(/^[a-z_]+$/);
      // Of our own states Storage knows none: it answers 403 to this one, 500 to all others.
      const states = file.endsWith('_files.sql')
        ? /using errcode = '42501'/
        : /using errcode = 'PT\d{3}'/;
      expect(rest).toMatch(states);
    }
  });

  test('is written in one hand', () => {
    const lines = text.split('\n');
    expect(lines.filter((line) => /\t|\s$/.test(line))).toEqual([]);
    expect(lines.filter((line) => /^-- ?[-=*#]{3}/.test(line))).toEqual([]);
    expect(lines.filter((line) => /\b(TODO|FIXME|XXX|HACK)\b/.test(line))).toEqual([]);
    expect(lines.filter((line) => /^(CREATE|ALTER|SELECT|INSERT|GRANT|COMMENT)\b/.test(line)))
      .toEqual([]);
    expect(text.endsWith('\n')).toBe(true);
  });
});

// A wrong word in a body of plpgsql is only found when its line runs, and that may be when money moves.
describe('the words of a closed set', () => {
  const all = chapters.map(({ text }) => spoken(text)).join('\n');
  /** The words among these, but for those that a `case` compares with. */
  const words = (sql: string) =>
    [...sql.matchAll(/(?<!\bwhen )'([a-z_]+)'/g)].map(([, word = '']) => word);
  const valuesOf = (type: string) =>
    words(all.match(new RegExp(`create type ${type} as enum \\(([^;]*)\\);`))?.[1] ?? '');
  /** What stands between the parentheses that open here. */
  const inside = (from: number) => {
    let depth = 1;
    let at = from;
    for (; depth > 0 && at < all.length; at += 1) {
      if (all[at] === '(') depth += 1;
      if (all[at] === ')') depth -= 1;
    }
    return all.slice(from, at - 1);
  };
  const saidTo = (names: string) =>
    [...all.matchAll(new RegExp(`\\bprivate\\.(?:${names})\\(`, 'g'))]
      .flatMap(({ index, 0: call }) => words(inside(index + call.length)));
  const set = (...lists: string[][]) => [...new Set(lists.flat())].sort();

  test('the ledger knows every source that something books under, and no other', () => {
    expect(set(saidTo('post|post_shares|next_source')))
      .toEqual(set(valuesOf('private\\.ledger_source')));
  });

  test('a receipt stands for a share, and for every one', () => {
    const shares = valuesOf('private\\.ledger_source').filter((source) =>
      source.startsWith('share_')
    );
    expect(set(valuesOf('public\\.receipt_source'))).toEqual(set(shares));
  });

  test('a refund knows every reason that something gives for it, and no other', () => {
    // How a booking ends is a reason: those that may still be paid for, or were kept, are no ends.
    const ends = valuesOf('public\\.booking_status').filter((status) =>
      !['awaiting_payment', 'requested', 'confirmed', 'completed'].includes(status)
    );
    const mismatches = [...all.matchAll(/mismatch := case([\s\S]*?)end;/g)]
      .flatMap(([, branches = '']) => words(branches).filter((word) => word.endsWith('_mismatch')));
    expect(mismatches.length).toBeGreaterThan(0);
    const given = saidTo(
      'claim_from_payment|claim_refund|return_payment|return_money|return_open_payments|return_late_payment',
    );
    expect(set(given, mismatches, ends, ['dashboard']))
      .toEqual(set(valuesOf('public\\.refund_reason')));
  });

  test('a payout can be held for every reason that something holds it for, and for no other', () => {
    const held =
      all.match(/constraint payout_holds_are_lifted_by_someone check \(([^;]*?)\)\)/)?.[1] ?? '';
    expect(set(saidTo('place_hold'))).toEqual(set(words(held)));
    expect(valuesOf('public\\.payout_reason')).toEqual(expect.arrayContaining(words(held)));
  });
});
