import type { Kind } from './formats.ts';

export type Outcome = 'created' | 'updated' | 'unchanged' | 'refused';

/** What became of one row; a line of the report. */
export interface RowReport {
  file: string;
  line: number;
  kind: Kind;
  /** The id in the file; empty when the row has none. */
  id: string;
  outcome: Outcome;
  code?: string;
  words?: string;
}

/** Codes are stable: programs compare them. Sentences are for people. */
export const codes = {
  unreadable: 'The row cannot be parsed: broken JSON, or an unclosed quote.',
  unknown_field: 'The row has a field that the format does not know.',
  missing_field: 'A required field is missing.',
  invalid_field: 'A field has an invalid value.',
  duplicate_id: 'An earlier row of this file has the same id.',
  here_already: 'This was made here and not imported; the import leaves it as it is.',
  unknown_person: 'There is no such person, neither in people nor here.',
  unknown_listing: 'There is no such listing, neither in listings nor here.',
  unknown_booking: 'There is no such booking, neither in bookings nor here.',
  account_closed: 'This person closed their account here.',
  email_taken: 'Somebody has this address already.',
  email_stays: 'Only its owner can change an imported address.',
  currency_stays: 'A listing keeps its currency.',
  host_stays: 'A listing keeps its owner.',
  listing_stays: 'A photo keeps its listing.',
  booking_stays: 'An imported stay follows the rules here; cancel it here.',
  review_stays: 'A review that both sides could read is never rewritten.',
  currency_not_offered:
    'The marketplace does not settle in this currency; it needs a row in private.currencies.',
  invalid_time_zone: 'Use an IANA name such as Europe/Paris.',
  unknown_amenity: 'There is no such amenity.',
  unknown_property_type: 'There is no such property type; see the table property_types.',
  listing_incomplete:
    'Something is missing that a published listing needs; it can be imported as a draft.',
  own_listing: 'Hosts do not book their own homes.',
  stay_to_come: 'The stay is not over yet.',
  nights_taken: 'Another stay or block already has one of these nights.',
  reviewed_already: 'This side has already reviewed the stay.',
  position_taken: 'Another photo of the listing has this position.',
  photo_twice: 'Another photo of the listing has this file name.',
  photo_missing: 'The file cannot be read.',
  photo_unfit: 'Photos are JPEG, PNG, WebP or AVIF of up to 10 MB.',
  photo_unreachable: 'The address does not answer with a file.',
  no_storage: 'Photos need SUPABASE_URL and SUPABASE_SECRET_KEY.',
  breaks_a_rule: 'The database refuses the row.',
} as const;

export const wordsFor = (code: string): string =>
  (codes as Record<string, string>)[code] ?? 'The rules here refuse the row.';

/** How many rows of each kind became what, and why rows were refused. */
export class Summary {
  readonly dryRun: boolean;
  readonly outcomes: Partial<Record<Kind, Record<Outcome, number>>> = {};
  readonly codes: Record<string, number> = {};

  constructor(dryRun: boolean) {
    this.dryRun = dryRun;
  }

  add({ kind, outcome, code }: RowReport): void {
    const counts = this.outcomes[kind] ??= { created: 0, updated: 0, unchanged: 0, refused: 0 };
    counts[outcome]++;
    if (code !== undefined) {
      this.codes[`${kind} ${code}`] = (this.codes[`${kind} ${code}`] ?? 0) + 1;
    }
  }

  get refused(): number {
    return Object.values(this.outcomes).reduce((sum, { refused }) => sum + refused, 0);
  }

  toString(): string {
    const lines = Object.entries(this.outcomes).map((
      [kind, { created, updated, unchanged, refused }],
    ) =>
      `${
        kind.padEnd(9)
      } ${created} created, ${updated} updated, ${unchanged} unchanged, ${refused} refused`
    );
    const reasons = Object.entries(this.codes).sort((one, other) => other[1] - one[1]);
    if (reasons.length > 0) {
      lines.push('');
      for (const [reason, count] of reasons) {
        const [kind = '', code = ''] = reason.split(' ');
        lines.push(`${String(count).padStart(7)}  ${kind}: ${code}. ${wordsFor(code)}`);
      }
    }
    if (this.dryRun) lines.push('', 'This was a dry run: nothing was changed.');
    return lines.join('\n');
  }
}
