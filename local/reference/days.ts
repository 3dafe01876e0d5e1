/**
 * The day on which the examples of the reference were written. Whoever shows them to somebody moves their days with
 * `movedTo`, because the town counts its days from today.
 */
export const writtenOn = '2027-01-04';

const milliseconds = 86_400_000;
const iso = (time: number) => new Date(time).toISOString().slice(0, 10);

/** A day relative to the one on which the examples were written. */
export const ahead = (days: number): string => iso(Date.parse(writtenOn) + days * milliseconds);

/** A text with every date of an example shifted by the days that have passed since they were written. */
export function movedTo(today: string, text: string): string {
  const passed = Date.parse(today) - Date.parse(writtenOn);
  return text
    .replaceAll(/\b20\d\d-\d\d-\d\d\b/g, (day) => iso(Date.parse(day) + passed))
    // A month alone: that of its middle, then.
    .replaceAll(
      /"(20\d\d-\d\d)"/g,
      (_, month) => `"${iso(Date.parse(`${month}-15`) + passed).slice(0, 7)}"`,
    );
}
