import { declaration, fieldsOf, resolve, type Shape } from './declarations.ts';
import { malformed, type StripeFailure } from './errors.ts';

/** The parameters of one endpoint: where the SDK declares them. */
export interface ParameterSource {
  /** The SDK's file, such as 'resources/PaymentIntents'. */
  file: string;
  /** The declared name, such as 'PaymentIntentCreateParams'. */
  name: string;
}

const longestString = 5000;
const integer = /^-?\d+$/;

/**
 * Checks a request's parameters against the SDK's declaration and gives them their types.
 * @param given decoded form, query or (with `json`) JSON body
 * @throws StripeFailure 400 as Stripe words it: parameter_unknown, parameter_missing,
 *   parameter_invalid_integer, parameter_invalid_empty, ...
 */
export function checkParameters(
  source: ParameterSource,
  given: Record<string, unknown>,
  json = false,
): Record<string, unknown> {
  const shape = declaration(source.file, source.name);
  const checked = new Check(source.file, json).value(shape, given, '');
  return checked as Record<string, unknown>;
}

class Check {
  #file: string;
  #json: boolean;

  constructor(file: string, json: boolean) {
    this.#file = file;
    this.#json = json;
  }

  value(unresolved: Shape, given: unknown, path: string): unknown {
    const shape = resolve(unresolved);
    switch (shape.kind) {
      case 'any':
        return given;
      case 'string':
        return this.#string(given, path);
      case 'number':
        return this.#number(given, path);
      case 'boolean':
        return this.#boolean(given, path);
      case 'literal':
        return this.#oneOf([shape.value], given, path);
      case 'array':
        return this.#array(shape.of, given, path);
      case 'object':
        return this.#object(shape, given, path);
      case 'union':
        return this.#union(shape.of, given, path);
      case 'reference':
        throw new Error(`unresolved ${shape.name}`);
    }
  }

  #object(shape: Shape & { kind: 'object' }, given: unknown, path: string): unknown {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      throw malformed('Invalid object', undefined, path);
    }
    const entries = Object.entries(given);
    if (shape.every) return this.#map(entries, path);
    const fields = fieldsOf(shape, this.#file);
    const named = (name: string) => (path ? `${path}[${name}]` : name);
    const unknown = entries.map(([name]) => name).filter((name) => !fields.has(name));
    if (unknown.length > 0) {
      const names = unknown.map(named);
      throw malformed(
        `Received unknown parameter${names.length > 1 ? 's' : ''}: ${names.join(', ')}`,
        'parameter_unknown',
        names[0],
      );
    }
    const result: Record<string, unknown> = {};
    for (const [name, value] of entries) {
      const field = fields.get(name);
      if (field) result[name] = this.value(field.shape, value, named(name));
    }
    for (const [name, field] of fields) {
      if (field.required && result[name] === undefined) {
        throw malformed(
          `Missing required param: ${named(name)}.`,
          'parameter_missing',
          named(name),
        );
      }
    }
    return result;
  }

  // Free keys occur in metadata, whose limits are Stripe's.
  #map(entries: [string, unknown][], path: string): Record<string, unknown> {
    if (entries.length > 50) {
      throw malformed('Metadata can have at most 50 keys.', undefined, path);
    }
    const result: Record<string, unknown> = {};
    for (const [name, value] of entries) {
      const param = `${path}[${name}]`;
      if (this.#json && typeof value === 'object' && value !== null) {
        result[name] = value;
        continue;
      }
      if (value !== null && typeof value === 'object') {
        throw malformed('Invalid string', undefined, param);
      }
      if (name.length > 40) {
        throw malformed(`Metadata keys must be at most 40 characters: ${name}`, undefined, param);
      }
      const text = value === null ? '' : String(value);
      if (text.length > 500) {
        throw malformed('Metadata values can have up to 500 characters.', undefined, param);
      }
      result[name] = text;
    }
    return result;
  }

  #array(of: Shape, given: unknown, path: string): unknown {
    if (Array.isArray(given)) return given.map((item, i) => this.value(of, item, `${path}[${i}]`));
    const keys = typeof given === 'object' && given !== null ? Object.keys(given) : undefined;
    if (!keys || keys.some((key) => !/^\d+$/.test(key))) {
      throw malformed('Invalid array', undefined, path);
    }
    return keys.map((key) =>
      this.value(of, (given as Record<string, unknown>)[key], `${path}[${key}]`)
    );
  }

  #union(of: Shape[], given: unknown, path: string): unknown {
    const options = of.flatMap((option) => {
      const shape = resolve(option);
      return shape.kind === 'union' ? shape.of.map(resolve) : [shape];
    });
    const literals = options.flatMap((option) => option.kind === 'literal' ? [option.value] : []);
    if (literals.includes('') && (given === '' || given === null)) return '';
    const words = literals.filter((word) => word !== '');
    // An open enum is `literals | string`; a request's value must still be one of the literals.
    const rest = options.filter((option) =>
      option.kind !== 'literal' && !(words.length > 0 && option.kind === 'string')
    );
    if (words.includes(given as string)) return given;
    if (rest.length === 0) return this.#oneOf(words, given, path);
    let refusal: StripeFailure | undefined;
    // An object that fits no option is reported by the object's own fields: it comes last.
    const ordered = rest.toSorted((a, b) => rank(a) - rank(b));
    for (const option of ordered) {
      try {
        return this.value(option, given, path);
      } catch (error) {
        refusal = error as StripeFailure;
      }
    }
    throw refusal;
  }

  #oneOf(words: (string | number | boolean)[], given: unknown, path: string): unknown {
    const found = words.find((word) => this.#json ? word === given : String(word) === given);
    if (found !== undefined) return found;
    if (given === '') throw emptied(path);
    const listed = words.length > 1
      ? `one of ${words.slice(0, -1).join(', ')}, or ${words.at(-1)}`
      : String(words[0]);
    throw malformed(`Invalid ${path}: must be ${listed}`, undefined, path);
  }

  #string(given: unknown, path: string): string {
    if (typeof given !== 'string') throw malformed('Invalid string', undefined, path);
    if (given === '' && !this.#json) throw emptied(path);
    if (given.length > longestString) {
      throw malformed(
        `Invalid string: must be at most ${longestString} characters`,
        undefined,
        path,
      );
    }
    return given;
  }

  #number(given: unknown, path: string): number {
    if (this.#json) {
      if (typeof given === 'number') return given;
      if (typeof given === 'string' && integer.test(given)) return Number(given);
      throw malformed(`Invalid number: ${String(given)}`, undefined, path);
    }
    if (given === '') throw emptied(path);
    if (typeof given !== 'string' || !integer.test(given) || !Number.isSafeInteger(Number(given))) {
      throw malformed(`Invalid integer: ${shown(given)}`, 'parameter_invalid_integer', path);
    }
    return Number(given);
  }

  #boolean(given: unknown, path: string): boolean {
    if (typeof given === 'boolean') return given;
    if (given === 'true' || given === 'false') return given === 'true';
    if (given === '') throw emptied(path);
    throw malformed(`Invalid boolean: ${shown(given)}`, undefined, path);
  }
}

function rank(shape: Shape): number {
  return shape.kind === 'object' || shape.kind === 'array' ? 1 : 0;
}

function shown(given: unknown): string {
  return typeof given === 'string' ? given : JSON.stringify(given);
}

function emptied(path: string): StripeFailure {
  return malformed(
    `You passed an empty string for '${path}'. We assume empty values are an attempt to unset a ` +
      `parameter; however '${path}' cannot be unset. You should remove '${path}' from your ` +
      'request or supply a non-empty value.',
    'parameter_invalid_empty',
    path,
  );
}
