import { createClient } from '@supabase/supabase-js';
import { codeOf, type Database, type ErrorCode } from '@staybase/client';

import { settings } from './settings.ts';

export const supabase = createClient<Database>(settings.url, settings.key);

type Public = Database['public'];
export type Enums = Public['Enums'];
export type Rows = { [Name in keyof Public['Tables']]: Public['Tables'][Name]['Row'] };
export type Answers = Public['CompositeTypes'];
export type Verb = keyof Public['Functions'];
export type Args<Name extends Verb> = Public['Functions'][Name]['Args'];
export type Returns<Name extends Verb> = Public['Functions'][Name]['Returns'];

/** A refusal, or that no answer came. */
export class Problem extends Error {
  readonly code: ErrorCode;

  constructor(error: unknown) {
    const { details, message } = (error ?? {}) as { details?: unknown; message?: unknown };
    const code = codeOf(error);
    super(String(details ?? (message === code ? '' : message) ?? ''));
    this.code = code;
  }
}

export const problemOf = (error: unknown): Problem =>
  error instanceof Problem ? error : new Problem(error);

/** Calls a verb, and throws a Problem. */
export async function call<Name extends Verb>(
  name: Name,
  args?: Args<Name>,
): Promise<Returns<Name>> {
  const { data, error } = await supabase.rpc(name as string as never, args as never);
  if (error !== null) throw new Problem(error);
  return data as Returns<Name>;
}

/** What a select brings, or a Problem. */
export async function selected<Row>(
  query: PromiseLike<{ data: Row | null; error: unknown }>,
): Promise<Row> {
  const { data, error } = await query;
  if (error !== null || data === null) throw new Problem(error);
  return data;
}
