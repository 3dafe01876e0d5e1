import {
  type AnswerOf,
  call as callVerb,
  codeOf,
  createStaybase,
  type Database,
  type ErrorCode,
  type Given,
  type Verb,
} from '@staybase/client';
import { settings } from './settings.ts';

export const supabase = createStaybase(settings.url, settings.key);

type Public = Database['public'];
export type Enums = Public['Enums'];
export type Rows = { [Name in keyof Public['Tables']]: Public['Tables'][Name]['Row'] };
export type Answers = Public['CompositeTypes'];

/** A refusal, or that no answer came. */
export interface Problem {
  code: ErrorCode;
  message: string;
}

export function problemOf(error: unknown): Problem {
  const { details, message } = (error ?? {}) as { details?: unknown; message?: unknown };
  const code = codeOf(error);
  return { code, message: String(details ?? (message === code ? '' : message) ?? '') };
}

/** Calls a verb; what it refuses is thrown, for `problemOf`. */
export const call = <Name extends Verb>(
  name: Name,
  ...given: Given<Name>
): Promise<AnswerOf<Name>> => callVerb(supabase, name, ...given);
