import type { Observance } from './definitions.ts';

/** More time zones no calendar needs. */
export const mostZones = 200;

/** An iCalendar text taken apart: what its events say is not understood yet. */
export interface Calendar {
  events: Component[];
  /** The time zones that it defines itself, by their TZID. */
  definitions: Map<string, Observance[]>;
}

/** The text is no calendar, or only the beginning of one. */
export class NotACalendar extends Error {
  override name = 'NotACalendar';
}

export interface Property {
  parameters: Map<string, string>;
  value: string;
}

export interface Component {
  properties: Map<string, Property[]>;
  /** False when another event or the end of the calendar came before its own end. */
  isWhole: boolean;
}

/**
 * Takes a text apart: events with their own properties only (an alarm inside an event is skipped), and
 * definitions of time zones. Throws `NotACalendar`.
 */
export function readCalendar(text: string): Calendar {
  const lines = text.replace(/^\uFEFF/, '').replace(/(?:\r\n|\n|\r)[ \t]/g, '').split(/\r\n|\n|\r/);
  const events: Component[] = [];
  const definitions = new Map<string, Observance[]>();
  let zone: { names: Component; observances: Component[] } | undefined;
  const open: string[] = [];
  let calendars = 0;
  let event: Component | undefined;
  const leave = () => {
    if (event !== undefined) event.isWhole = false;
    event = zone = undefined;
  };

  for (const line of lines) {
    const [, edge, found = ''] = /^\s*(BEGIN|END)\s*:\s*([\w-]+)\s*$/i.exec(line) ?? [];
    const name = found.toUpperCase();
    if (edge === undefined) {
      if (open.length === 0 && calendars === 0 && line.trim() !== '') throw new NotACalendar();
      const part = open.at(-1);
      if (event !== undefined && part === 'VEVENT') addProperty(event, line);
      if (zone !== undefined && part === 'VTIMEZONE') addProperty(zone.names, line);
      const observance = isObservance(part) ? zone?.observances.at(-1) : undefined;
      if (observance !== undefined) addProperty(observance, line);
    } else if (edge.toUpperCase() === 'BEGIN') {
      if (open.length === 0) {
        if (name !== 'VCALENDAR') throw new NotACalendar();
        calendars += 1;
      } else if (name === 'VEVENT' || name === 'VCALENDAR') {
        // The end of what came before is missing.
        leave();
        open.length = name === 'VCALENDAR' ? 0 : 1;
      }
      open.push(name);
      if (name === 'VEVENT') events.push(event = emptyComponent());
      if (name === 'VTIMEZONE') zone = { names: emptyComponent(), observances: [] };
      if (isObservance(name)) zone?.observances.push(emptyComponent());
    } else {
      const depth = open.lastIndexOf(name);
      if (depth < 0) continue;
      if (name === 'VCALENDAR') leave();
      if (name === 'VEVENT') event = undefined;
      if (name === 'VTIMEZONE' && zone !== undefined) {
        const tzid = zone.names.properties.get('TZID')?.[0]?.value.trim();
        if (tzid && !definitions.has(tzid) && definitions.size < mostZones) {
          definitions.set(tzid, zone.observances.map(observanceOf));
        }
        zone = undefined;
      }
      open.length = depth;
    }
  }
  if (calendars === 0 || open.length > 0) throw new NotACalendar();
  return { events, definitions };
}

const emptyComponent = (): Component => ({ properties: new Map(), isWhole: true });
const isObservance = (name: string | undefined) => name === 'STANDARD' || name === 'DAYLIGHT';
const observanceOf = ({ properties }: Component): Observance =>
  new Map([...properties].map(([name, found]) => [name, found.map(({ value }) => value)]));

const head =
  /^\s*([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)*):(.*)$/s;

/** What is no property is skipped: a description may have been broken into lines without folding. */
function addProperty({ properties }: Component, line: string): void {
  const found = head.exec(line);
  if (found === null) return;
  const [, name = '', parameterText = '', value = ''] = found;
  const parameters = new Map<string, string>();
  for (
    const [, key = '', content = ''] of parameterText.matchAll(/;([^=;]+)=((?:"[^"]*"|[^";])*)/g)
  ) {
    parameters.set(key.toUpperCase(), content);
  }
  const known = properties.get(name.toUpperCase()) ?? [];
  known.push({ parameters, value });
  properties.set(name.toUpperCase(), known);
}
