/**
 * The exported schema makes everything it has as soon as it is loaded: 700 types with their fields, 150
 * kinds of rows with their columns. A request needs a few of them. Here it is written once more, so that
 * each is made when it is first asked for, a text that stands in many places stands in one, and what
 * only the builder reads is left out.
 */
import type { Node, ObjectExpression, ObjectProperty, VariableDeclarator } from '@babel/types';
import { calleeOf, keyOf, readSource, visit } from './source-text.ts';

interface Constant {
  name: string;
  init: Node;
  uses: Use[];
  how: 'lazy' | 'at once' | 'in its place';
}

interface Use {
  node: Node;
  above: readonly Node[];
}

/** @param types the names of the schema's types, in its order */
export function lean(exported: string, types: readonly string[]): string {
  const source = readSource(exported, 'module');
  const constants = new Map<string, Constant>();
  const rest: Node[] = [];
  for (const statement of source.statements) {
    const declaration = statement.type === 'ExportNamedDeclaration' && statement.declaration ||
      statement;
    if (declaration.type !== 'VariableDeclaration') {
      rest.push(statement);
      continue;
    }
    const { id, init } = declaration.declarations[0] as VariableDeclarator;
    if (id.type !== 'Identifier' || !init || declaration.declarations.length > 1) {
      throw new Error(`Not one constant: ${source.text(declaration).slice(0, 200)}`);
    }
    constants.set(id.name, { name: id.name, init, uses: [], how: 'lazy' });
  }
  const schema = constants.get('schema')!;
  const registry = constants.get('registry')!;
  const resources = new Set<string>();

  const unread = unreadParts();
  const strings = new Map<string, Node[]>();
  for (const node of [...rest, ...[...constants.values()].map(({ init }) => init)]) {
    if (node === schema.init || node.type === 'ImportDeclaration') continue;
    visit(node, (inner, above) => {
      if (unread.has(inner)) return false;
      const [parent] = above;
      refuse(inner, above);
      if (inner.type === 'StringLiteral' && !isKey(inner, parent)) {
        strings.set(inner.value, [...strings.get(inner.value) ?? [], inner]);
        if (
          parent?.type === 'MemberExpression' && /\bpgResources$/.test(source.text(parent.object))
        ) {
          resources.add(inner.value);
        }
      }
      if (inner.type === 'Identifier' && !isKey(inner, parent)) {
        constants.get(inner.name)?.uses.push({ node: inner, above });
      }
    });
  }

  const texts: string[] = [];
  for (const [value, nodes] of strings) {
    const name = `$text${texts.length}`;
    // A name has four letters in the end.
    if ((value.length + 2) * nodes.length <= value.length + 10 + 4 * nodes.length) continue;
    texts.push(`const ${name} = ${JSON.stringify(value)};`);
    for (const node of nodes) source.replace(node, name);
  }

  for (const constant of constants.values()) {
    const { name, init, uses } = constant;
    const [first] = uses;
    if (isCheap(init)) constant.how = 'at once';
    else if (init.type === 'ObjectExpression' && uses.length === 1 && isReadOnce(first!)) {
      constant.how = 'in its place';
    }
    if (constant.how === 'at once') continue;
    for (const { node, above: [parent] } of uses) {
      const key = parent?.type === 'ObjectProperty' && parent.shorthand ? `${name}: ` : '';
      const value = () => constant.how === 'lazy' ? `${name}()` : source.text(init);
      source.replace(node, () => `${key}${value()}`);
    }
  }
  makeValuesLazily();

  const lines = [
    `import { lazy, lazyRegistry, LazySchema } from './lazy.js';`,
    ...rest.map((node) => source.text(node)),
    ...texts,
  ];
  for (const { name, init, how } of constants.values()) {
    if (init === schema.init || how === 'in its place') continue;
    const value = init === registry.init ? registryText() : source.text(init);
    lines.push(
      how === 'lazy'
        ? `const ${name} = /* @__PURE__ */ lazy(function () { return ${value}; });`
        : `const ${name} = ${value};`,
    );
  }
  const makers = new Map<string, string>();
  for (const { name, init } of constants.values()) {
    if (!/^GraphQL\w+Type$/.test(calleeOf(init) ?? '')) continue;
    makers.set(stringAt(objectOf(init), 'name'), name);
  }
  const unknown = [...makers.keys()].filter((name) => !types.includes(name));
  if (unknown.length > 0) throw new Error(`Not in the schema: ${unknown.join(', ')}`);
  const ofSchema = types.map((name) => `  ${name}: ${makers.get(name) ?? 'null'},`);
  return [...lines, 'export const schema = new LazySchema({', ...ofSchema, '});\n'].join('\n');

  /** Descriptions and notes of rows and resources are for who builds a schema from them. */
  function unreadParts(): Set<Node> {
    const parts = new Set<Node>();
    const isOfDatabase = (name: string, init: Node) =>
      /^(record|enum|domainOf|listOf)Codec$|^makeRegistry$/.test(calleeOf(init) ?? '') ||
      name.endsWith('_resourceOptionsConfig');
    for (const { name, init } of constants.values()) {
      if (!isOfDatabase(name, init)) continue;
      visit(init, (node) => {
        if (/Function/.test(node.type)) return false;
        if (node.type !== 'ObjectProperty' || !isUnread(node)) return;
        parts.add(node);
        source.remove(node);
        return false;
      });
    }
    return parts;
  }

  /** What would go wrong in silence. */
  function refuse(node: Node, above: readonly Node[]): void {
    if (['GraphQLInterfaceType', 'GraphQLUnionType'].includes(calleeOf(node) ?? '')) {
      throw new Error('A schema with interfaces or unions cannot be made piece by piece.');
    }
    const declared = /Function|ObjectMethod/.test(node.type)
      ? (node as { params?: Node[] }).params ?? []
      : node.type === 'VariableDeclarator' && above.length > 0
      ? [node.id]
      : [];
    for (const pattern of declared) {
      visit(pattern, (inner) => {
        if (inner.type === 'Identifier' && constants.has(inner.name)) {
          throw new Error(`${inner.name} is the name of a constant and of a variable.`);
        }
      });
    }
  }

  /** The values of an enumeration are made like the fields of a type: when they are first asked for. */
  function makeValuesLazily(): void {
    for (const { init } of constants.values()) {
      if (calleeOf(init) !== 'GraphQLEnumType') continue;
      const values = propertyOf(objectOf(init), 'values');
      source.replace(values, () => `values() { return ${source.text(values.value)}; }`);
    }
  }

  function registryText(): string {
    const parts = objectOf(registry.init);
    const made = (name: string) => objectOf(propertyOf(parts, name).value);
    const entries = (object: ObjectExpression) =>
      object.properties.flatMap((property) =>
        property.type === 'ObjectProperty' && keyOf(property) !== '__proto__' ? [property] : []
      );
    const makers = (object: ObjectExpression): string =>
      entries(object).map((one) => maker(source.text(one.key), source.text(one.value))).join('\n');
    const relations = entries(made('pgRelations')).map((ofCodec) =>
      maker(source.text(ofCodec.key), `{ ${makers(objectOf(ofCodec.value))} }`)
    );
    // makeRegistry makes these for rows that are only within others.
    const named = new Set(entries(made('pgResources')).map(keyOf));
    const within = [...resources].filter((name) => !named.has(name)).map((name) => {
      const constant = [...constants.values()].find(({ init }) =>
        calleeOf(init) === 'recordCodec' && `frmcdc_${stringAt(objectOf(init), 'name')}` === name
      );
      if (constant === undefined) throw new Error(`There is no resource ${name}.`);
      return maker(
        name,
        `{
          name: '${name}', identifier: '${name}', executor: executor(), codec: ${constant.name}(),
          from: sql\`(select 1/0 /* codec-only resource; should not select directly */)\`,
          isVirtual: true,
        }`,
      );
    });
    return `lazyRegistry({
      resources: { ${makers(made('pgResources'))}\n${within.join('\n')} },
      relations: { ${relations.join('\n')} },
    })`;
  }
}

/** Columns, rows and relations may have these names too, and are objects with a codec. */
const isUnread = (property: ObjectProperty): boolean => {
  const { value } = property;
  const isOfObject = value.type === 'ObjectExpression' &&
    !value.properties.some((one) => ['codec', 'localCodec'].includes(keyOf(one) ?? ''));
  switch (keyOf(property)) {
    case 'description':
      return value.type === 'StringLiteral';
    case 'extensions':
    case 'pgCodecs':
    case 'pgExecutors':
      return isOfObject;
    default:
      return false;
  }
};

/** A method and no arrow: V8 reads what is behind an arrow at once, and a body when it is called. */
const maker = (name: string, value: string): string => `${name}() { return ${value}; },`;

/** A key or the name of a member, which names no constant and stays a text of its own. */
const isKey = (node: Node, parent: Node | undefined): boolean =>
  (parent?.type === 'ObjectProperty' || parent?.type === 'ObjectMethod') &&
    parent.key === node && !parent.computed &&
    !(parent.type === 'ObjectProperty' && parent.shorthand) ||
  parent?.type === 'MemberExpression' && parent.property === node && !parent.computed;

/** Costs nothing before it is called or read. */
const isCheap = ({ type }: Node): boolean =>
  ['ArrowFunctionExpression', 'FunctionExpression', 'StringLiteral', 'NumericLiteral'].includes(
    type,
  );

/** Where fields are made, which happens once, and not in a function that is called again. */
const isReadOnce = ({ above }: Use): boolean => {
  const functions = above.filter(({ type }) => /Function|ObjectMethod/.test(type));
  return functions.length === 0 || functions.length === 1 && keyOf(functions[0]!) === 'fields';
};

/** The object that is made, or that a function is given first. */
function objectOf(node: Node): ObjectExpression {
  const object = node.type === 'NewExpression' || node.type === 'CallExpression'
    ? node.arguments[0]
    : node;
  if (object?.type !== 'ObjectExpression') throw new Error(`Not an object but ${object?.type}.`);
  return object;
}

function propertyOf(object: ObjectExpression, name: string) {
  const property = object.properties.find((one) => keyOf(one) === name);
  if (property?.type !== 'ObjectProperty') throw new Error(`There is no ${name}.`);
  return property;
}

function stringAt(object: ObjectExpression, name: string): string {
  const { value } = propertyOf(object, name);
  if (value.type !== 'StringLiteral') throw new Error(`${name} is no text.`);
  return value.value;
}
