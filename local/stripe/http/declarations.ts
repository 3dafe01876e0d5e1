import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// The parameters which an endpoint accepts are read from the SDK's own type declarations, so that
// the fake can never accept what the pinned API does not have. They are generated code with one
// shape, so a reader of this size is enough; tests/stripe/parameters.test.ts holds it to account.

/** A type as written in the SDK's declarations. */
export type Shape =
  | { kind: 'string' | 'number' | 'boolean' | 'any' }
  | { kind: 'literal'; value: string | number | boolean }
  | { kind: 'array'; of: Shape }
  | { kind: 'object'; fields: Map<string, Field>; every?: Shape; parents: string[] }
  | { kind: 'union'; of: Shape[] }
  | { kind: 'reference'; name: string; scope: string; file: string };

export interface Field {
  shape: Shape;
  required: boolean;
}

const sdk = join(dirname(fileURLToPath(import.meta.resolve('stripe'))));
const files = new Map<string, Map<string, Shape>>();

/**
 * The declaration `name` ('PaymentIntentCreateParams') of one file of the SDK
 * ('resources/PaymentIntents').
 */
export function declaration(file: string, name: string): Shape {
  const shape = declarationsOf(file).get(name);
  if (!shape) throw new Error(`the SDK declares no ${name} in ${file}.d.ts`);
  return shape;
}

/** The same, or undefined when there is none. */
export function declared(file: string, name: string): Shape | undefined {
  return declarationsOf(file).get(name);
}

/** Follows a reference to what it names; anything else is returned as it is. */
export function resolve(shape: Shape): Shape {
  if (shape.kind !== 'reference') return shape;
  const own = declarationsOf(shape.file);
  let scope = shape.scope;
  while (true) {
    const found = own.get(scope ? `${scope}.${shape.name}` : shape.name);
    if (found) return resolve(found);
    if (!scope) break;
    scope = scope.includes('.') ? scope.slice(0, scope.lastIndexOf('.')) : '';
  }
  const shared = declarationsOf('shared').get(shape.name);
  return shared ? resolve(shared) : { kind: 'any' };
}

/** All fields of an object, those of the interfaces it extends included. */
export function fieldsOf(shape: Shape & { kind: 'object' }, file: string): Map<string, Field> {
  if (shape.parents.length === 0) return shape.fields;
  const fields = new Map(shape.fields);
  for (const parent of shape.parents) {
    const found = resolve({ kind: 'reference', name: parent, scope: '', file });
    if (found.kind === 'object') {
      for (const [name, field] of fieldsOf(found, file)) {
        if (!fields.has(name)) fields.set(name, field);
      }
    }
  }
  return fields;
}

function declarationsOf(file: string): Map<string, Shape> {
  const known = files.get(file);
  if (known) return known;
  const path = join(sdk, `${file}.d.ts`);
  const found = existsSync(path)
    ? new Reader(readFileSync(path, 'utf8'), file).read()
    : new Map<string, Shape>();
  files.set(file, found);
  return found;
}

const token = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|\s+|'(?:[^'\\]|\\.)*'|[A-Za-z_$][\w$]*|\d+|=>|[^\s]/gy;

class Reader {
  #tokens: string[];
  #at = 0;
  #file: string;
  #found = new Map<string, Shape>();

  constructor(text: string, file: string) {
    this.#tokens = [...text.matchAll(token)].map((match) => match[0])
      .filter((word) => !/^(\s|\/[*/])/.test(word));
    this.#file = file;
  }

  read(): Map<string, Shape> {
    while (this.#at < this.#tokens.length) {
      if (!this.#declaration('')) this.#skipStatement();
    }
    return this.#found;
  }

  #peek(ahead = 0): string {
    return this.#tokens[this.#at + ahead] ?? '';
  }

  #next(): string {
    return this.#tokens[this.#at++] ?? '';
  }

  #take(word: string): boolean {
    if (this.#peek() !== word) return false;
    this.#at++;
    return true;
  }

  #declaration(scope: string): boolean {
    while (this.#peek() === 'export' || this.#peek() === 'declare') this.#at++;
    const named = (name: string) => (scope ? `${scope}.${name}` : name);
    if (this.#take('interface')) {
      const name = named(this.#next());
      if (this.#peek() === '<') this.#skipBalanced('<', '>');
      const parents: string[] = [];
      if (this.#take('extends')) {
        do parents.push(this.#path()); while (this.#take(','));
      }
      this.#found.set(name, { ...this.#object(scope), parents });
      return true;
    }
    if (this.#take('namespace')) {
      const name = named(this.#next());
      this.#take('{');
      while (!this.#take('}')) if (!this.#declaration(name)) this.#skipStatement();
      return true;
    }
    if (this.#peek() === 'type' && this.#peek(2) === '=') {
      this.#at++;
      const name = named(this.#next());
      this.#at++;
      this.#found.set(name, this.#union(scope));
      this.#take(';');
      return true;
    }
    return false;
  }

  #skipStatement(): void {
    let depth = 0;
    while (this.#at < this.#tokens.length) {
      const word = this.#next();
      if (word === '{') depth++;
      if (word === '}' && --depth <= 0) {
        if (this.#peek() !== 'from') return;
      }
      if (word === ';' && depth === 0) return;
    }
  }

  #skipBalanced(open: string, close: string): void {
    let depth = 0;
    do {
      const word = this.#next();
      if (word === open) depth++;
      if (word === close) depth--;
    } while (depth > 0);
  }

  #path(): string {
    let path = this.#next();
    while (this.#take('.')) path += `.${this.#next()}`;
    if (this.#peek() === '<') this.#skipBalanced('<', '>');
    return path;
  }

  #object(scope: string): Shape & { kind: 'object' } {
    const shape: Shape & { kind: 'object' } = { kind: 'object', fields: new Map(), parents: [] };
    this.#take('{');
    while (!this.#take('}')) {
      if (this.#take('[')) {
        while (!this.#take(']')) this.#at++;
        this.#take(':');
        shape.every = this.#union(scope);
      } else {
        const name = unquoted(this.#next());
        const required = !this.#take('?');
        this.#take(':');
        shape.fields.set(name, { shape: this.#union(scope), required });
      }
      this.#take(';');
    }
    return shape;
  }

  #union(scope: string): Shape {
    const of: Shape[] = [];
    this.#take('|');
    do {
      let shape = this.#single(scope);
      // `string & Record<never, never>` marks an enum as open: to us it is a plain string
      while (this.#take('&')) {
        this.#single(scope);
        shape = { kind: 'string' };
      }
      of.push(shape);
    } while (this.#take('|'));
    return of.length === 1 && of[0] ? of[0] : { kind: 'union', of };
  }

  #single(scope: string): Shape {
    const word = this.#peek();
    if (word === '{') return this.#object(scope);
    if (word.startsWith("'")) return { kind: 'literal', value: unquoted(this.#next()) };
    if (/^\d+$/.test(word)) return { kind: 'literal', value: Number(this.#next()) };
    if (word === '(') {
      this.#skipBalanced('(', ')');
      return { kind: 'any' };
    }
    if (word === 'typeof') this.#at++;
    if (this.#peek() === 'Array' || this.#peek() === 'Emptyable') {
      const list = this.#next() === 'Array';
      this.#take('<');
      const inner = this.#union(scope);
      this.#take('>');
      return list
        ? { kind: 'array', of: inner }
        : { kind: 'union', of: [{ kind: 'literal', value: '' }, inner] };
    }
    const name = this.#path();
    switch (name) {
      case 'string':
      case 'number':
      case 'boolean':
        return { kind: name };
      case 'true':
      case 'false':
        return { kind: 'literal', value: name === 'true' };
      case 'null':
        return { kind: 'literal', value: '' };
      case 'bigint':
        return { kind: 'number' };
      case 'Date':
      case 'Decimal':
        return { kind: 'string' };
      case 'any':
      case 'unknown':
      case 'void':
        return { kind: 'any' };
    }
    return { kind: 'reference', name, scope, file: this.#file };
  }
}

function unquoted(word: string): string {
  return word.startsWith("'") ? word.slice(1, -1) : word;
}
