import type { z } from 'zod';

/** Rows of the database, read one by one. */
export interface Rows<Row> {
  read: Row[];
  /** Those of another shape than expected, such as of a version of the schema that is ahead or behind. */
  unread: { row: Record<string, unknown>; problem: string }[];
}

/** Reads each row on its own: one that is wrong leaves the others alone. Throws for what is not a list. */
export function readRows<Schema extends z.ZodType>(
  schema: Schema,
  rows: unknown,
): Rows<z.infer<Schema>> {
  if (!Array.isArray(rows)) throw new TypeError('The database did not answer with a list.');
  const told: Rows<z.infer<Schema>> = { read: [], unread: [] };
  for (const row of rows) {
    const { success, data, error } = schema.safeParse(row);
    if (success) told.read.push(data);
    else told.unread.push({ row: { ...Object(row) }, problem: `unread: ${fault(error)}` });
  }
  return told;
}

/** Which field is wrong, and how, in one line; never the value. */
export function fault({ issues }: z.ZodError): string {
  const [issue] = issues;
  return `${issue?.path.join('.') || 'body'}: ${issue?.message}`;
}
