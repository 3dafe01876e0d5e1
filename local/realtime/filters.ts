/** A part of the database that a channel listens to, as the client wrote it. */
export interface Binding {
  event: '*' | 'INSERT' | 'UPDATE' | 'DELETE';
  schema: string;
  table: string;
  filter?: string;
}

type Row = Record<string, unknown>;

const operators: Record<string, (value: unknown, wanted: string) => boolean> = {
  eq: (value, wanted) => compare(value, wanted) === 0,
  neq: (value, wanted) => compare(value, wanted) !== 0,
  lt: (value, wanted) => compare(value, wanted) < 0,
  lte: (value, wanted) => compare(value, wanted) <= 0,
  gt: (value, wanted) => compare(value, wanted) > 0,
  gte: (value, wanted) => compare(value, wanted) >= 0,
  in: (value, wanted) =>
    wanted.replace(/^\((.*)\)$/s, '$1').split(',').some((one) => compare(value, one) === 0),
};

/** Numbers are compared as numbers, everything else as text; null matches nothing. */
function compare(value: unknown, wanted: string): number {
  if (value === null) return NaN;
  const [own, other] = typeof value === 'number'
    ? [value, Number(wanted)]
    : [String(value), wanted];
  return own === other ? 0 : own < other ? -1 : own > other ? 1 : NaN;
}

/**
 * Parses a filter such as `conversation_id=eq.<id>`.
 * @throws an `Error` that says what is wrong with it
 */
export function filterOf({ filter }: Binding, columns: { name: string }[]): (row: Row) => boolean {
  if (filter === undefined || filter === '') return () => true;
  const [, column = '', operator = '', wanted = ''] = /^(\w+)=(\w+)\.(.*)$/s.exec(filter) ?? [];
  const holds = Object.hasOwn(operators, operator) ? operators[operator] : undefined;
  if (holds === undefined || !columns.some(({ name }) => name === column)) {
    throw new Error(`Unable to subscribe to changes with given parameters: ${filter}`);
  }
  return (row) => row[column] !== null && holds(row[column], wanted);
}
