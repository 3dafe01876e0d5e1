import { invalid } from './errors.ts';
import { checkLimit } from './list.ts';

const clause =
  /^\s*(-?)([a-z_]+)(?:\[(["'])((?:\\.|(?!\3).)*)\3\])?\s*(:|~|>=|<=|>|<)\s*(null|-?\d+|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')\s*/;

/**
 * One page of what a query in Stripe's search language finds, newest first.
 * @param fields the fields which this kind of object can be searched by, besides metadata
 * @throws StripeFailure 400 for a query that does not parse or names another field
 */
export function searchPage<T extends { id: string; metadata: Record<string, string> }>(
  url: string,
  rows: Iterable<T>,
  fields: (keyof T & string)[],
  params: { query: string; limit?: number; page?: string },
): object {
  const matches = compile<T>(params.query, fields);
  const found = [...rows].filter(matches).reverse();
  const from = params.page === undefined ? 0 : Number(params.page);
  if (!Number.isSafeInteger(from) || from < 0) throw invalid('Invalid page.', undefined, 'page');
  const end = from + checkLimit(params.limit);
  const more = found.length > end;
  return {
    object: 'search_result',
    url,
    has_more: more,
    data: found.slice(from, end),
    next_page: more ? String(end) : null,
  };
}

function compile<T extends { metadata: Record<string, string> }>(
  query: string,
  fields: string[],
): (row: T) => boolean {
  const tests: ((row: T) => boolean)[] = [];
  let joiner: string | undefined;
  let rest = query;
  while (true) {
    const match = clause.exec(rest);
    if (!match) throw refused(query);
    const [whole, minus, field = '', , key, operator, literal = ''] = match;
    if (field === 'metadata' ? key === undefined : key !== undefined || !fields.includes(field)) {
      throw invalid(
        `Field \`${field}\` is an unsupported search field for resource.`,
        undefined,
        'query',
      );
    }
    const wanted = literal === 'null' ? null : unquoted(literal);
    tests.push((row) => {
      const held = field === 'metadata'
        ? row.metadata[key!]
        : (row as Record<string, unknown>)[field];
      return compare(held, operator!, wanted) !== (minus === '-');
    });
    rest = rest.slice(whole.length);
    if (rest === '') break;
    const next = /^(AND|OR)\s+/i.exec(rest);
    if (!next) throw refused(query);
    const word = next[1]!.toUpperCase();
    if (joiner && joiner !== word) {
      throw invalid('You cannot mix AND and OR in one query.', undefined, 'query');
    }
    joiner = word;
    rest = rest.slice(next[0].length);
  }
  return (row) =>
    joiner === 'OR' ? tests.some((test) => test(row)) : tests.every((test) => test(row));
}

function compare(held: unknown, operator: string, wanted: string | null): boolean {
  if (wanted === null) return held === null || held === undefined;
  if (held === null || held === undefined) return false;
  switch (operator) {
    case ':':
      return String(held).toLowerCase() === wanted.toLowerCase();
    case '~':
      return String(held).toLowerCase().includes(wanted.toLowerCase());
    case '>':
      return Number(held) > Number(wanted);
    case '>=':
      return Number(held) >= Number(wanted);
    case '<':
      return Number(held) < Number(wanted);
    default:
      return Number(held) <= Number(wanted);
  }
}

function unquoted(literal: string): string {
  return /^["']/.test(literal) ? literal.slice(1, -1).replaceAll(/\\(.)/g, '$1') : literal;
}

function refused(query: string): Error {
  return invalid(`We were unable to parse your search query: ${query}`, undefined, 'query');
}
