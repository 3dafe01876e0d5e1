/** What the clocks of a zone show; see `ZoneRules` of sync-calendars. */
interface Rules {
  since: readonly number[];
  offsets: readonly number[];
}

const day = 86_400;

/** The days between which engines are compared: three years, from a month ago. */
export function comparedDays(now: Date): { first: string; last: string } {
  const dateAfter = (days: number) =>
    new Date(now.getTime() + days * day * 1000).toISOString().slice(0, 10);
  return { first: dateAfter(-30), last: dateAfter(3 * 365) };
}

/**
 * Which zones show other clocks in this engine than the rules say: just before and at each change that
 * the rules know, and every ten days for the changes that only this engine knows.
 */
export function differingZones(
  rules: ReadonlyMap<string, Rules>,
  { first, last }: { first: string; last: string },
): string[] {
  const [from, until] = [Date.parse(first) / 1000, Date.parse(last) / 1000];
  return [...rules].filter(([zone, { since, offsets }]) => {
    const offsetAt = engineOffsets(zone);
    if (offsetAt === undefined) return true;
    const instants = since.filter((at) => at <= until).flatMap((at) => [at - 1, at]);
    for (let at = from; at < until; at += 10 * day) instants.push(at);
    return instants.some((at) =>
      offsetAt(at) !== offsets[since.filter((change) => change <= at).length]
    );
  }).map(([zone]) => zone);
}

/** Seconds ahead of UTC by the rules of this engine; undefined for a zone it does not know. */
function engineOffsets(timeZone: string): ((instant: number) => number) | undefined {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  } catch {
    return undefined;
  }
  return (instant) => {
    const name = format.formatToParts(instant * 1000)
      .find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes, seconds = '0'] =
      /^GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(name) ?? [];
    if (sign === undefined) return 0;
    const offset = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    return sign === '-' ? -offset : offset;
  };
}
