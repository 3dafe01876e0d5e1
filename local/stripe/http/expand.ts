import { idOf } from '../moment.ts';
import { type State, tableNames, tableTraits } from '../state.ts';
import { declared, fieldsOf, resolve, type Shape } from './declarations.ts';
import { malformed } from './errors.ts';

const deepest = 4;

/** The object with this id, whatever its kind. */
export function findObject(state: State, id: string): object | undefined {
  const prefix = id.slice(0, id.indexOf('_'));
  for (const name of tableNames) {
    const found = tableTraits[name].prefix === prefix && state.tables[name].get(id);
    if (found) return found;
  }
  return undefined;
}

/**
 * Checks `expand` against what the SDK declares, before anything is done.
 * @param type what the endpoint answers with, such as 'PaymentIntent'
 * @throws StripeFailure 400 for a property that cannot be expanded
 */
export function checkExpand(type: string, list: boolean, paths: string[] = []): void {
  for (const path of paths) {
    const names = path.split('.');
    if (names.length > deepest) {
      throw malformed(`You cannot expand more than ${deepest} levels deep.`, undefined, 'expand');
    }
    if (list && names.shift() !== 'data') throw notExpandable(path);
    let at: string | undefined = type;
    for (const name of names) {
      const next = expandable(at, name);
      if (!next) throw notExpandable(path);
      at = next.type;
      if (at === undefined) break;
    }
  }
}

/** A copy of the object with the asked references replaced by what they name. */
export function present(state: State, object: object, paths: string[] = []): object {
  const copy = structuredClone(object) as Record<string, unknown>;
  for (const path of paths) expandInto(state, copy, path.split('.'));
  return copy;
}

function expandInto(
  state: State,
  target: Record<string, unknown>,
  [name = '', ...rest]: string[],
): void {
  if (Array.isArray(target['data'])) {
    for (const item of target['data']) {
      expandInto(state, item, name === 'data' ? rest : [name, ...rest]);
    }
    return;
  }
  if (target['object'] === 'charge' && name === 'refunds') {
    target[name] ??= refundsOf(state, String(target['id']));
  }
  const value = target[name];
  if (typeof value === 'string') target[name] = structuredClone(findObject(state, value) ?? value);
  const next = target[name];
  if (rest.length > 0 && typeof next === 'object' && next !== null) {
    expandInto(state, next as Record<string, unknown>, rest);
  }
}

function refundsOf(state: State, charge: string): object {
  const data = [...state.tables.refunds.values()].filter((refund) =>
    idOf(refund.charge) === charge
  );
  return {
    object: 'list',
    data: structuredClone(data).reverse(),
    has_more: false,
    url: `/v1/charges/${charge}/refunds`,
  };
}

// The SDK declares what can be expanded as `string | Charge | null`, or as a list of objects.
function expandable(type: string, name: string): { type: string | undefined } | undefined {
  const file = type === 'Balance' ? 'resources/Balance' : `resources/${type}s`;
  const shape = declared(file, type);
  // A union of many kinds, such as a balance transaction's source: anything may stand there.
  if (!shape || shape.kind !== 'object') return { type: undefined };
  const field = fieldsOf(shape, file).get(name)?.shape;
  if (!field) return undefined;
  const options: Shape[] = field.kind === 'union' ? field.of : [field];
  const reference = options.find((option) =>
    option.kind === 'reference' && resolve(option).kind !== 'string'
  );
  if (reference?.kind !== 'reference') return undefined;
  if (reference.name === 'ApiList') return { type: undefined };
  const held = options.some((option) => resolve(option).kind === 'string');
  return held ? { type: reference.name } : undefined;
}

function notExpandable(path: string): Error {
  return malformed(`This property cannot be expanded (${path}).`, undefined, 'expand');
}
