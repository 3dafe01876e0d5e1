import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inProject } from '../../local/paths.ts';
import { chapterPaths } from '../../scripts/shared/definitions.ts';
import { answersTo } from '../../scripts/where/answers.ts';
import { nameOfChapter } from '../../scripts/where/chapters.ts';
import { ask } from '../../scripts/where/question.ts';

const where = (...words: string[]) =>
  spawnSync(process.execPath, [inProject('scripts', 'where.ts'), ...words], {
    encoding: 'utf8',
    cwd: '/',
  });

/** The line of the project that a printed place points at. */
function lineAt(output: string, about: string): string {
  const [, path, line] = new RegExp(`^ *(\\S+):(\\d+)  ${about}$`, 'm').exec(output) ?? [];
  if (path === undefined) throw new Error(`"${about}" is not in:\n${output}`);
  return readFileSync(inProject(path), 'utf8').split('\n')[Number(line) - 1] ?? '';
}

test('a word leads to its rule, what the rule says, and a test of it', () => {
  const { stdout, status } = where('nights', 'free');
  expect(status).toBe(0);
  expect(lineAt(stdout, 'function private.nights_free')).toContain(
    'create function private.nights_free',
  );
  expect(stdout).toContain('Rule: free of every valid claim');
});

test('an error code leads to the line that raises it', () => {
  expect(where('price_changed').stdout).toMatch(
    /stays_requests\.sql:\d+ {2}perform private\.refuse\('price_changed'/,
  );
});

test('an error code leads to the tests that expect it, a function of triggers to its tables', () => {
  expect(where('price_changed').stdout).toMatch(
    /^Tests that name it\n(tests\/\S+:\d+\n)*tests\/database\/guards\/stays\.test\.ts:\d+$/m,
  );
  expect(where('private.audit_row').stdout).toMatch(
    /^ {4}triggers: private\.staff \(supabase\/migrations\/\d+_order_audit_log\.sql:\d+\)/m,
  );
});

/** What somebody asks who is new here, and what the first answers must say. */
const questions: [question: string, answer: RegExp][] = [
  [
    'which file decides a refund?',
    /migrations\/\d+_\w+\.sql:\d+ {2}function private\.refund_terms/,
  ],
  [
    'what runs when a stay is confirmed?',
    /what-follows\.md:\d+ {2}change public\.bookings: becomes confirmed/,
  ],
  ["where is an e-mail's text?", /supabase\/functions\/run-commands\/\w+/],
  ['who may see a message?', /policy people see the messages of conversations they see/],
  ['how is the fee computed?', /function private\.add_fees_and_taxes/],
  ['who can see the door code', /function private\.access_is_open/],
  ['when is a host paid', /function private\.release_payout/],
  ['who may cancel', /function private\.cancel_booking/],
  [
    'what happens when a payout is sent',
    /what-follows\.md:\d+ {2}change public\.payouts: becomes sent/,
  ],
  ['what may a co-host do?', /host_rights/],
  ['add a letter that tells the host of a wish', /CONTRIBUTING\.md:\d+ {2}section Add an e-mail/],
  ['what happens when a guest does not pay?', /(?:function|job) private\.cancel_unpaid_stays/],
  ['what does the worker do when a transfer fails?', /function private\.refuse_transfer/],
  ['how is a webhook signed?', /run-commands\/deliver-webhook\.ts/],
  ['who is told when a booking is cancelled?', /e-mail booking_cancelled_host/],
  ['where is the price of a night decided?', /function private\.night_price/],
  ['how do I add an e-mail?', /CONTRIBUTING\.md:\d+ {2}section Add an e-mail/],
  ['what if a payment comes too late?', /function private\.return_late_payment/],
  ['where is a letter added?', /CONTRIBUTING\.md:\d+ {2}section Add an e-mail/],
  ['where do I add a status of a booking?', /section A new status of a booking/],
  ['the worker has stopped', /docs\/runbooks\.md:\d+ {2}runbook The worker has stopped/],
  ['how do I restore a backup?', /docs\/backup\.md:\d+ {2}section Back up and restore/],
  ['how do I upgrade?', /docs\/in-your-project\.md:\d+ {2}section Upgrading/],
  ['where are taxes computed?', /function private\.tax_on/],
  ['who read a message', /policy people see the messages of conversations they see/],
  [
    'where is the English text of the e-mail that tells a host of a new request',
    /letters\/booking_requested\.ts:\d+ {2}e-mail booking_requested/,
  ],
  ['which job pays hosts', /job private\.release_payouts\n(?:.*\n)*?.*its row in private\.jobs/],
  ['add a new error code', /CONTRIBUTING\.md:\d+ {2}section A new error code/],
  ['how do I add a job?', /CONTRIBUTING\.md:\d+ {2}section Add a job/],
  ['which roles may execute request_booking', /function public\.request_booking/],
  ['in which order are locks taken', /time_schedules\.sql:\d+ {2}note Lock order/],
  ['in which order are locks taken', /docs\/operations\.md:\d+ {2}section Lock order/],
  ['alert e-mails are not going out', /docs\/runbooks\.md:\d+ {2}runbook StaybaseOutboxLate/],
  ['where is a double booking prevented?', /share a night|claims_never/],
  ["which file computes the host's share of a payment?", /shares_of|When a host is paid/],
  ["where does Stripe's webhook arrive?", /stripe-webhook/],
  [
    'where is the rating of a home kept up to date?',
    /chapter reviews_ratings|listing_ratings|function private.count/,
  ],
  ['where are e-mail addresses in messages masked?', /mask_contacts/],
  ['which job expires unanswered requests?', /job private.expire_bookings/],
  ['what happens to a payout when a dispute is opened?', /apply_dispute/],
  ['where is the ledger balanced?', /check_balanced/],
  ['how do I restore a backup?', /docs.backup/],
  ['who may publish a listing?', /function public.publish_listing/],
  ['what checks a photo that was uploaded?', /check-files|checked_files/],
  ["which function deletes a person's account?", /delete_my_account/],
  ['where are calendars of other sites imported?', /sync-calendars|calendars_feeds/],
  ['how is the superhost status decided?', /superhost_on|reviews_superhosts/],
  ['how long may messages be kept?', /How long (?:personal data|anything is kept)/],
  ['how is a command retried when Stripe does not answer?', /when a command fails/],
  ['where are rate limits set?', /limits/],
  ['which migration creates the bookings table?', /table public.bookings/],
  ['how do I deploy edge functions?', /deploying.md|What is deployed/],
  ['how is no-show reported?', /report_no_show/],
  ['how do I run only one test?', /tests.README|section Tests/],
  ["where is a quote's total made?", /price_stay/],
  ['what runs every minute?', /run_due_jobs|What happens because time passes/],
  // What two readers asked who saw all this for the first time.
  ['add an e-mail that tells a guest of a new check-in time', /section Add an e-mail/],
  ['what if a webhook of Stripe comes twice or late?', /function private.store_stripe_event/],
  ['when are hosts paid?', /function private.payout_due/],
  ['add a new error code with texts in four languages', /section A new error code/],
  ['what proves that the total of a search equals the quote?', /search-agrees-with-the-rules/],
  ['alert: the outbox is behind', /runbook StaybaseOutboxLate/],
  ['what happens when a guest never came?', /function private.check_no_show/],
  [
    'where is the cleaning fee added, where are taxes calculated and rounded?',
    /function private.share_of/,
  ],
  [
    'what happens to a request that the host does not answer?',
    /function private.expire_if_overdue/,
  ],
  [
    'which function hides telephone numbers in messages, and until when?',
    /function private.contacts_open_at/,
  ],
  ['add a column for quiet hours to listings', /section Add a column to a home/],
  [
    'a charge is disputed after the host was paid: who bears it, where is it posted?',
    /function private.book_dispute/,
  ],
  [
    'a calendar elsewhere blocks nights of a paid stay',
    /function private.tell_of_conflicts/,
  ],
  ['when do reviews become visible?', /function private.review_window/],
  ['how is the rating of a home made?', /function private.show_listing_rating/],
  ['add a verb for staff', /section Add a verb for staff/],
  ['where does the audit entry of what staff did come from?', /function private.audit_row/],
  ['how are old rows removed?', /job private.forget_records/],
  ["what if a refund is made in Stripe's dashboard?", /function private.import_refund/],
  ['who claims commands of the outbox?', /function private.claim_commands/],
  ['what if the host was paid too much?', /function private.take_back/],
];

/** The first answers to a question, with what they say. */
const firstOf = (question: string, count: number) =>
  answersTo(ask(question)).slice(0, count).map(({ kind, name, path, line, says }) =>
    [`${path}:${line}  ${kind} ${name}`, ...says].join('\n')
  ).join('\n');

test.for(questions)('"%s" is among the first five answers', ([question, answer]) => {
  expect(firstOf(question, 5)).toMatch(answer);
});

/** What others asked who came later; they read no more than three answers. */
const asked: [question: string, answer: RegExp][] = [
  [
    'how long may a guest take to pay before the nights are released',
    /`hold_minutes` \(15\).*`newcomer_hold_minutes` \(10\)/,
  ],
  ['what happens when Stripe sends charge.refunded', /handler\.ts:\d+ {2}event charge\.refunded/],
  ['what happens when Stripe sends charge.refunded', /function private\.book_refund/],
  [
    'a night shows as free in search but booking answers nights_taken',
    /runbook A night is free in search and cannot be booked/,
  ],
  ['which rows does a co-host see', /docs\/who-may-what\.md#tables/],
  ['how do I get e-mails in Dutch, or another language', /section Add a language/],
  ['an e-mail that tells a host three days before a guest arrives', /section Add a reminder/],
  ['new e-mail', /section Add an e-mail/],
  ['remind a host before check-in', /section Add a reminder/],
  ['how do I take in a new version', /docs\/in-your-project\.md:\d+ {2}section Upgrading/],
  ['a guest says the card was charged twice', /runbook A guest says that a card was charged twice/],
  ['when is a host paid', /promise When a host is paid\n/],
  // What others asked who came after them.
  [
    'add a letter that reminds the guest of the house rules two days before check-in',
    /section Add an e-mail[^]*section Add a reminder/,
  ],
  ['an e-mail that thanks a host for their first booking', /section Add an e-mail/],
  [
    'add a setting of my own',
    /section Add a setting[^]*section A setting, an e-mail or a language/,
  ],
  ['how do I change a setting', /docs\/operations\.md#settings-of-the-marketplace/],
  ['who may see where a home is exactly', /function private\.contacts_are_open/],
  ['two guests book the same night', /claims_never_share_a_night/],
  ['which rule keeps two guests from booking the same night', /claims_never_share_a_night/],
  ['CDN search answers', /docs\/caches\.md/],
  ['how do I hide a review', /function public\.staff_remove_review/],
  ['season price weekend', /function private\.night_price/],
  [
    'how do I move a marketplace from 10,000 to 1,000,000 homes',
    /docs\/planning\.md:\d+ {2}section Planning/,
  ],
  ['scale to a million homes', /docs\/planning\.md:\d+ {2}section Planning/],
];

test.for(asked)('"%s" is among the first three answers', ([question, answer]) => {
  expect(firstOf(question, 3)).toMatch(answer);
});

test('who wants e-mails in one more language is led to the walk-through first', () => {
  for (const question of ['how do I get e-mails in Dutch', 'translate e-mails']) {
    expect(answersTo(ask(question))[0]?.name).toBe('Add a language');
  }
});

test('the usual walk-through comes before that of a special case', () => {
  const [first, second] = answersTo(ask('add a verb "favourite a host"'));
  expect([first?.name, second?.name]).toEqual(['Add a verb', 'Add a verb for staff']);
});

test('what follows a move is the first answer to what runs then', () => {
  for (
    const question of [
      'what runs when a stay is confirmed?',
      'what happens when a stay is completed',
    ]
  ) {
    expect(answersTo(ask(question))[0]?.kind).toBe('change');
  }
});

test('a chapter leads to its tests, its guards and what is written of it', () => {
  for (const name of ['payouts', 'money_payouts', '20260101001008_money_payouts']) {
    const [first] = answersTo(ask(name));
    expect(first?.path).toMatch(/_money_payouts\.sql$/);
    expect(first?.says.join('\n')).toMatch(
      /^pgTAP: tests\/database\/payouts\.test\.sql.*\nguards: tests\/database\/guards\/money\.test\.ts:\d+\nother tests: .*\ndocuments: .*docs\/rules\.md/m,
    );
  }
  // It has no file of its own.
  expect(where('money_transfers').stdout.split('\n\n')[0]).toContain(
    'tests/database/payouts.test.sql',
  );
});

test('each chapter has a test that knows it', () => {
  const untested = chapterPaths().filter((path) =>
    !answersTo(ask(nameOfChapter(path).whole)).find((one) =>
      one.kind === 'chapter' && one.path === path
    )
      ?.says.some((text) => /^(pgTAP|guards|other tests): /.test(text))
  );
  expect(untested).toEqual([]);
});

test('a function shows which roles may execute it, and the line that says so', () => {
  const { stdout } = where('which', 'roles', 'may', 'execute', 'request_booking');
  const [, path = '', line] = /^ {4}callers: authenticated \((\S+):(\d+)\)$/m.exec(stdout) ?? [];
  expect(readFileSync(inProject(path), 'utf8').split('\n')[Number(line) - 1]).toMatch(
    /^grant execute on function .*request_booking to authenticated;$/,
  );
  expect(where('private.refuse').stdout).toContain('callers: no role');
});

test('what is exactly so named comes first', () => {
  // A verb and its rule have one name.
  for (const name of ['request_booking', 'cancel_booking', 'claims']) {
    expect(answersTo(ask(name))[0]?.name).toMatch(new RegExp(`^(public|private)\\.${name}$`));
  }
  for (const name of ['private.refuse', 'private.claims', 'private.release_payout']) {
    expect(answersTo(ask(name))[0]?.name).toBe(name);
  }
});

test.for([
  ['host_underpaid', 'pay the host by hand'],
  ['fraud_warning', 'ends a warning'],
  ['transfer_failed', 'the payout is blocked'],
  ['refund_failed', 'still claimed for the guest'],
  ['balance_short', 'add funds'],
  ['price_changed', '`hold_nights`'],
])(
  'the code %s leads to the row that explains it, and to nothing else',
  ([code = '', says = '']) => {
    const { stdout } = where(code);
    expect(lineAt(stdout, `code ${code}`)).toContain(`\`${code}\``);
    expect(stdout).toContain(says);
    expect(stdout).not.toMatch(/^\S+:\d+ {2}(?:promise|policy) /m);
  },
);

test('a row of a vocabulary is found by its code', () => {
  expect(lineAt(where('ev_charger').stdout, 'row ev_charger')).toContain("(10, 'ev_charger'");
  const { stdout } = where('house');
  expect(lineAt(stdout, 'row house')).toContain("'house'");
  // It is not all that speaks of houses.
  expect(stdout.match(/^\S+:\d+ {2}\S/gm)?.length).toBeGreaterThan(5);
});

test('a setting says its default, its rule and who reads it', () => {
  const { stdout } = where('hold_minutes');
  expect(lineAt(stdout, 'setting hold_minutes')).toContain('default 15');
  expect(stdout).toMatch(/^\n\S+_ground_settings\.sql:\d+ {2}setting hold_minutes\n/);
  expect(stdout).toContain(
    'How long nights are held for a guest who has not paid yet. Default: 15.',
  );
  expect(lineAt(stdout, '- A hold lasts 15 minutes .*')).toContain('`hold_minutes`');
  expect(lineAt(stdout, 'read by private.hold_nights')).toContain('private.hold_nights');
  // Another chapter adds it.
  expect(where('objection_hours').stdout).toMatch(
    /^\n\S+_trouble_no_shows\.sql:\d+ {2}setting objection_hours\n/,
  );
});

test('a column shows first where it is made, with its type and its comment', () => {
  const { stdout } = where('house_rules');
  expect(stdout).toMatch(
    /^\n\S+_homes_listings\.sql:\d+ {2}column public\.listings\.house_rules\n {4}text not null default ''\n/,
  );
  expect(lineAt(stdout, 'column public.listings.house_rules')).toMatch(/^ {2}house_rules +text/);
  expect(where('custom_fields').stdout).toMatch(
    /^\n\S+_homes_custom_fields\.sql:\d+ {2}column public\.listings\.custom_fields\n.*\n {4}What /,
  );
  // One of its tables is named too.
  expect(where('listings.title').stdout.match(/^\S+:\d+ {2}\S/gm)).toHaveLength(1);
  // A word is not the name of sixteen columns.
  expect(where('status').stdout).not.toMatch(/ {2}column /);
});

test('a table shows its policies, also those of later chapters', () => {
  const { stdout } = where('listing_addresses');
  const [, path = '', line] =
    /^ {6}select: hosts and guests whose stay opens it see the address \((\S+):(\d+)\)$/m
      .exec(stdout) ?? [];
  expect(path).toContain('_trouble_contacts.sql');
  expect(readFileSync(inProject(path), 'utf8').split('\n')[Number(line) - 1])
    .toMatch(/^create policy "hosts and guests whose stay opens it see the address"/);
  expect(stdout).toContain('      insert: hosts write their own addresses');
});

test('an error code leads to the verbs and functions that answer it', () => {
  expect(where('nights_taken').stdout).toMatch(
    /answered by: .*`request_booking`.*function `create-payment`/,
  );
});

test('a type of an event of Stripe leads to what is done about it', () => {
  const { stdout } = where('charge.refunded');
  expect(lineAt(stdout, 'event charge.refunded')).toContain("'charge.refunded': chargeChanged");
  expect(lineAt(stdout, 'chargeChanged: .*')).toContain('chargeChanged');
  expect(where('v2.core.account.closed').stdout).toContain('stripe-host-webhook/handler.ts');
});

test('an exact name is the whole answer', () => {
  const { stdout } = where('private.mask_contacts');
  expect(stdout.match(/^\S+:\d+ {2}function /gm)).toHaveLength(1);
  expect(stdout).not.toMatch(/ more: /);
  expect(where('--', '--all', 'private.mask_contacts').stdout.length).toBeGreaterThan(
    stdout.length,
  );
});

test('a runbook shows its first sentence, its rule, and where the figure comes from', () => {
  const { stdout } = where('alert e-mails are not going out');
  expect(stdout).toContain('    The outbox is behind: commands of one kind have been due');
  expect(lineAt(stdout, 'its rule: max by \\(kind\\) .*')).toContain('staybase_outbox_lag_seconds');
  expect(lineAt(stdout, 'calculates staybase_outbox_lag_seconds')).toContain('outbox_lag_seconds');
});

test('a section shows the passage that fits, and a job how often it runs', () => {
  expect(where('objection', 'hours', 'guest', 'object').stdout).toMatch(
    /line \d+: - The guest has 48 hours \(`objection_hours`\)/,
  );
  expect(where('private.expire_bookings').stdout).toContain('runs every 5 seconds');
});

test('what nobody speaks of is said to be unknown', () => {
  expect(where('x'.repeat(30))).toMatchObject({
    status: 1,
    stdout: expect.stringContaining('No rule'),
  });
  expect(where().status).toBe(2);
});
