import { parse } from '@babel/parser';
import type { Node, Statement } from '@babel/types';

/** A source that is changed in places and otherwise stays as it is, to the letter. */
export interface SourceText {
  statements: Statement[];
  /** Puts a text in the place of a node. What is inside of it is not changed any further. */
  replace(node: Node, text: string | (() => string)): void;
  /** Takes a node out, with the comma behind it. */
  remove(node: Node): void;
  /** The text of a node with its changes, or of the whole source. */
  text(node?: Node): string;
}

interface Change {
  start: number;
  end: number;
  text: () => string;
}

export function readSource(source: string, sourceType: 'module' | 'script'): SourceText {
  const { program } = parse(source, { sourceType });
  const changes: Change[] = [];
  let sorted = true;

  const change = (start: number, end: number, text: () => string) => {
    changes.push({ start, end, text });
    sorted = false;
  };
  /** Where the changes from here on begin. */
  const indexAt = (position: number) => {
    let [low, high] = [0, changes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (changes[middle]!.start < position) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    statements: program.body,
    replace: (node, text) =>
      change(node.start!, node.end!, typeof text === 'string' ? () => text : text),
    remove(node) {
      const comma = /^\s*,/.exec(source.slice(node.end!, node.end! + 200))?.[0] ?? '';
      change(node.start!, node.end! + comma.length, () => '');
    },
    text(node) {
      if (!sorted) changes.sort((one, other) => one.start - other.start || other.end - one.end);
      sorted = true;
      const [start, end] = node === undefined ? [0, source.length] : [node.start!, node.end!];
      const parts: string[] = [];
      let position = start;
      for (let i = indexAt(start); i < changes.length && changes[i]!.start < end; i += 1) {
        const { start: from, end: to, text } = changes[i]!;
        // Inside of what was replaced as a whole.
        if (from < position) continue;
        parts.push(source.slice(position, from), text());
        position = to;
      }
      parts.push(source.slice(position, end));
      return parts.join('');
    },
  };
}

/** Visits a node and all below it, each with those above it, nearest first; not below one that says false. */
export function visit(
  node: Node,
  visitor: (node: Node, above: readonly Node[]) => boolean | void,
  above: readonly Node[] = [],
): void {
  if (visitor(node, above) === false) return;
  const inside = [node, ...above];
  for (const child of children(node)) visit(child, visitor, inside);
}

function children(node: Node): Node[] {
  const found: Node[] = [];
  for (const [key, value] of Object.entries(node)) {
    if (key === 'loc' || key === 'extra' || key.endsWith('Comments')) continue;
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof one?.type === 'string') found.push(one as Node);
    }
  }
  return found;
}

/** The name of what is called, in `name()`, `of.name()` and `(0, of.name)()`. */
export function calleeOf(node: Node | null | undefined): string | undefined {
  if (node?.type !== 'CallExpression' && node?.type !== 'NewExpression') return undefined;
  const { callee } = node;
  const called = callee.type === 'SequenceExpression' ? callee.expressions.at(-1)! : callee;
  if (called.type === 'Identifier') return called.name;
  return called.type === 'MemberExpression' && called.property.type === 'Identifier'
    ? called.property.name
    : undefined;
}

/** The name of a key that is written as one. */
export const keyOf = (node: Node): string | undefined =>
  (node.type === 'ObjectProperty' || node.type === 'ObjectMethod') && !node.computed
    ? node.key.type === 'Identifier'
      ? node.key.name
      : node.key.type === 'StringLiteral'
      ? node.key.value
      : undefined
    : undefined;
