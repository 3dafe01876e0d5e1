import type { Stripe } from 'stripe';
import { invalid, missing } from '../http/errors.ts';
import { type State, type TableName, type Tables, tableTraits } from '../state.ts';

// What the parameter in a path is called; most often `id`.
const pathParams: Partial<Record<TableName, string>> = {
  payment_intents: 'intent',
  payment_methods: 'payment_method',
};

/**
 * The object of a table.
 * @param param the parameter that named it; without one the path did
 * @throws StripeFailure resource_missing, 404 for the path, 400 for a parameter
 */
export function find<T extends TableName>(
  state: State,
  table: T,
  id: string,
  param?: string,
): Tables[T] {
  const found = state.tables[table].get(id);
  if (found) return found;
  const named = param ?? pathParams[table] ?? 'id';
  throw missing(tableTraits[table].kind, id, named, param ? 400 : 404);
}

/** Metadata after an update: keys merge, an empty value removes its key, '' removes all. */
export function mergeMetadata(
  held: Record<string, string>,
  given: unknown,
): Record<string, string> {
  if (given === undefined) return held;
  if (given === '') return {};
  const merged = { ...held };
  for (const [key, value] of Object.entries(given as Record<string, string>)) {
    if (value === '') delete merged[key];
    else merged[key] = value;
  }
  return merged;
}

/** What an update leaves of a field: '' unsets it, nothing keeps it. */
export function changedTo<T>(held: T, given: T | '' | null | undefined): T | null {
  if (given === undefined) return held;
  return given === '' ? null : given;
}

/** @throws StripeFailure 400 email_invalid */
export function checkEmail(given: string | null | undefined, param: string): void {
  if (!given || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(given)) return;
  throw invalid(`Invalid email address: ${given}`, 'email_invalid', param);
}

/**
 * A customer who can be charged.
 * @throws StripeFailure resource_missing, for a deleted one too
 */
export function findCustomer(state: State, id: string, param?: string): Stripe.Customer {
  const customer = find(state, 'customers', id, param);
  if (customer.deleted) throw missing('customer', id, param ?? 'id', param ? 400 : 404);
  return customer;
}
