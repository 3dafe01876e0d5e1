/** A function in `private`, as far as it can be told from its text which statuses it sets. */
export interface Written {
  name: string;
  body: string;
  /** What it returns and takes, with their types. */
  returns: string;
  parameters: { name: string; type: string }[];
}

/** That a function gives rows of a table a status, and which columns the same statement sets. */
export interface Write {
  by: string;
  status: string;
  columns: string[];
}

/** A parameter through which callers say the status: the second of `private.move_booking`. */
interface Setter {
  name: string;
  at: number;
  columns: string[];
}

/**
 * Which function gives the rows of a table which status, by updating them or through another function
 * that is told the status. Followed are literals, `case`, local variables and functions that return the
 * type; what only a running function knows is not.
 */
export function writesOf(
  functions: Written[],
  table: string,
  type: string,
  statuses: string[],
): Write[] {
  const texts = functions.map((one) => ({ ...one, body: one.body.replaceAll(/--.*$/gm, '') }));
  const byName = new Map(texts.map((one) => [one.name, one]));

  /** The statuses that an expression can be. */
  const valuesOf = (text: string, inside: Written, seen: string[] = []): string[] => {
    // `when given in ('won', 'lost') then given`
    const kept = [...text.matchAll(/\bwhen (\w+) in \(([^()]*)\) then \1\b/g)]
      .flatMap(([, , list = '']) => statuses.filter((status) => list.includes(`'${status}'`)));
    const parts = /\bcase\b/.test(text)
      ? [...text.matchAll(/\b(?:then|else)\b(.*?)(?=\b(?:when|else|end)\b|$)/gs)]
        .map(([, part = '']) => part)
      : [text];
    return [
      ...kept,
      ...parts.flatMap((part) => {
        const start = /'(\w+_)'\s*\|\|/.exec(part)?.[1];
        if (start !== undefined) return statuses.filter((status) => status.startsWith(start));
        const called = byName.get(/\b(private\.\w+)\(/.exec(part)?.[1] ?? '');
        if (called?.returns === type && !seen.includes(called.name)) {
          return valuesOf(called.body, called, [...seen, called.name]);
        }
        const said = /^\s*'(\w+)'/.exec(part)?.[1];
        if (said !== undefined) return statuses.filter((status) => status === said);
        const variable = /^\s*(\w+)(?:::[\w.]+)?\s*$/.exec(part)?.[1] ?? '';
        const isExcluded = /^\s*excluded\.status\s*$/.test(part);
        const locals = [...inside.body.matchAll(/^\s+(\w+)\s+([\w.]+)\s*(?::=[^;]*)?;/gm)]
          .filter(([, name, of]) =>
            of?.replace(/^public\./, '') === type && (isExcluded || name === variable)
          )
          .map(([, name = '']) => name).filter((name) => !seen.includes(name));
        return locals.flatMap((name) =>
          [...inside.body.matchAll(new RegExp(`\\b${name}(?:\\s+[\\w.]+)?\\s*:=([^;]*);`, 'g'))]
            .flatMap(([, assigned = '']) => valuesOf(assigned, inside, [...seen, name]))
        );
      }),
    ];
  };

  /** The place of the parameter of this type that an expression only hands on; -1 when there is none. */
  const handedOn = (text: string, inside: Written) => {
    const [, schema, name] = /^\s*(?:(\w+)\.)?(\w+)(?:::[\w.]+)?\s*$/.exec(text) ?? [];
    const isOwn = schema === undefined || inside.name === `private.${schema}`;
    return isOwn
      ? inside.parameters.findIndex((one) => one.name === name && one.type === type)
      : -1;
  };

  const writes: Write[] = [];
  const setters: Setter[] = [];
  const note = (text: string, inside: Written, columns: string[]) => {
    const at = handedOn(text, inside);
    if (at < 0) {
      for (const status of new Set(valuesOf(text, inside))) {
        writes.push({ by: inside.name, status, columns });
      }
    } else if (!setters.some((one) => one.name === inside.name && one.at === at)) {
      setters.push({ name: inside.name, at, columns });
    }
  };

  const updates = new RegExp(
    `\\bupdate ${table}(?:\\s+as \\w+)?\\s+set\\b|\\binsert into ${table}\\b[^;]*?\\bdo update\\s+set\\b`,
    'g',
  );
  for (const one of texts) {
    for (const { index, 0: start } of one.body.matchAll(updates)) {
      const set = new Map(
        listAt(one.body, index + start.length).flatMap((text) => {
          const [, column, value] = /^\s*(\w+)\s*=(.*)$/s.exec(text) ?? [];
          return column === undefined || value === undefined ? [] : [[column, value]];
        }),
      );
      const status = set.get('status');
      if (status !== undefined) note(status, one, [...set.keys()]);
    }
  }
  // The list grows while it is read: a function that hands its own parameter on is told the status, too.
  for (const { name, at, columns } of setters) {
    for (const one of texts.filter((other) => other.name !== name)) {
      for (const { index, 0: start } of one.body.matchAll(new RegExp(`\\b${name}\\(`, 'g'))) {
        const given = listAt(one.body, index + start.length)[at];
        if (given !== undefined) note(given, one, columns);
      }
    }
  }
  return writes;
}

/** What stands between commas from here on, up to the end of the list: of arguments, or of what is set. */
function listAt(text: string, from: number): string[] {
  const items: string[] = [];
  let item = '';
  let depth = 0;
  for (const [word] of text.slice(from).matchAll(/'(?:[^']|'')*'|\w+|\s+|./gs)) {
    if (depth === 0 && /^([;)]|where|from|returning)$/i.test(word)) break;
    if (/^(\(|case)$/i.test(word)) depth += 1;
    if (/^(\)|end)$/i.test(word)) depth -= 1;
    if (depth === 0 && word === ',') {
      items.push(item);
      item = '';
    } else item += word;
  }
  return [...items, item];
}
