import type { ExportedCalendar } from '../_shared/calendars.ts';

/** A calendar as iCalendar (RFC 5545): which nights are taken, and by nobody. */
export function writeCalendar({ title, events, asked_at: askedAt }: ExportedCalendar): string {
  const stamp = `${askedAt.replace(/\.\d+/, '').replaceAll(/[-:]/g, '').slice(0, 15)}Z`;
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Staybase//Calendar//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `X-WR-CALNAME:${escaped(title)}`,
    ...events.flatMap((event) => [
      'BEGIN:VEVENT',
      `UID:${escaped(event.uid)}`,
      `DTSTAMP:${stamp}`,
      `DTSTART;VALUE=DATE:${event.check_in.replaceAll('-', '')}`,
      `DTEND;VALUE=DATE:${event.check_out.replaceAll('-', '')}`,
      `SUMMARY:${event.is_stay ? 'Reserved' : 'Not available'}`,
      'TRANSP:OPAQUE',
      'END:VEVENT',
    ]),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join('');
}

/** A tag that changes with what the calendar says, not with the time at which it is asked. */
export async function tagOf({ title, events }: ExportedCalendar): Promise<string> {
  const said = new TextEncoder().encode(JSON.stringify([title, events]));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', said));
  return `W/"${
    [...digest.slice(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  }"`;
}

export const escaped = (text: string) =>
  text
    .replaceAll(/[\\;,]/g, '\\$&')
    .replaceAll(/\r\n|\n|\r/g, '\\n')
    // deno-lint-ignore no-control-regex
    .replaceAll(/[\u0000-\u001f\u007f]/g, '');

const octetsIn = (character: string) => new TextEncoder().encode(character).length;

/** A line of at most 75 octets and its continuations; no character is split. */
export function folded(line: string): string {
  let written = '';
  let octets = 0;
  for (const character of line) {
    const width = octetsIn(character);
    if (octets + width > 75) {
      written += '\r\n ';
      octets = 1;
    }
    written += character;
    octets += width;
  }
  return written;
}
