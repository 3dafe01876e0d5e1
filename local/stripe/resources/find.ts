import { missing } from '../http/errors.ts';
import type { State, TableName, Tables } from '../state.ts';

const kinds: Record<TableName, string> = {
  customers: 'customer',
  payment_methods: 'PaymentMethod',
  payment_intents: 'payment_intent',
  charges: 'charge',
  refunds: 'refund',
  balance_transactions: 'balance transaction',
  events: 'event',
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
  const inPath = table === 'payment_intents'
    ? 'intent'
    : table === 'payment_methods'
    ? 'payment_method'
    : 'id';
  throw missing(kinds[table], id, param ?? inPath, param ? 400 : 404);
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
