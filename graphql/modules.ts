/**
 * grafast and its packages come as CommonJS that tsc wrote from modules. Here they become modules again, so
 * that esbuild leaves out what nobody imports, and what is left is compiled once: half as large, and loaded in
 * half the time. Whatever tsc would not have written is an error.
 */
import type { ExpressionStatement, Node } from '@babel/types';
import type { Plugin } from 'esbuild';
import { readFileSync } from 'node:fs';
import { calleeOf, readSource, visit } from './source-text.ts';

const packages =
  /node_modules\/(grafast|graphile-config|pg-sql2|@dataplan\/pg|@graphile\/lru)\/dist\/.*\.js$/;

/** What nobody needs here, each in one place. */
const unneeded: { file: RegExp; text: string; instead: string }[] = [{
  // For each plan grafast lists the unions that each type is in (findings/grafast-lists-all-types-for-each-plan.sh),
  // which would make all types. Only fields of an interface or a union read that list; this schema has none
  // (lean.ts).
  file: /\/grafast\/dist\/engine\/OperationPlan\.js$/,
  text: 'Object.values(schema.getTypeMap())',
  instead: '[]',
}];

export const modulesPlugin: Plugin = {
  name: 'modules',
  setup(build) {
    // graphql has each of its files twice; of the other kind, types of the one are none.
    build.onResolve(
      { filter: /^graphql\/.*\.js$/ },
      ({ path, resolveDir, kind }) =>
        build.resolve(path.replace(/\.js$/, '.mjs'), { resolveDir, kind }),
    );
    build.onEnd(({ metafile }) => {
      const others = Object.keys(metafile?.inputs ?? {}).filter((file) =>
        /node_modules\/graphql\/.*\.js$/.test(file)
      );
      if (others.length > 0) throw new Error(`graphql is there twice: ${others.join(', ')}`);
    });
    build.onLoad({ filter: packages }, ({ path }) => {
      let source = readFileSync(path, 'utf8');
      for (const { file, text, instead } of unneeded) {
        if (!file.test(path)) continue;
        if (source.split(text).length !== 2) throw new Error(`${path} has not one ${text}.`);
        source = source.replace(text, instead);
      }
      return { contents: asModule(source, path), loader: 'js' };
    });
  },
};

function asModule(text: string, path: string): string {
  const source = readSource(text, 'script');
  const { statements } = source;
  /** What another file was required as, and which. */
  const required = new Map<string, string>();
  /** The exports that are declared here, by the name they are exported under. */
  const declared = new Map<string, string>();
  /** The other exports: each is a variable. */
  const variables = new Set<string>();
  const before: string[] = [];
  const names = new Set<string>();
  const functions = new Set<string>();
  for (const statement of statements) {
    if (statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration') {
      names.add(statement.id!.name);
      functions.add(statement.id!.name);
    }
    if (statement.type !== 'VariableDeclaration') continue;
    for (const { id } of statement.declarations) if (id.type === 'Identifier') names.add(id.name);
  }

  const done = new Set<Node>();
  const replace = (node: Node, by: string) => {
    done.add(node);
    source.replace(node, by);
  };
  const variable = (name: string) => `$exports_${name}`;

  for (const statement of statements) {
    if (statement.type === 'VariableDeclaration' && statement.declarations.length === 1) {
      const { id, init } = statement.declarations[0]!;
      const file = requiredBy(init);
      if (file !== undefined && id.type === 'Identifier') {
        required.set(id.name, file);
        replace(statement, `import * as ${id.name} from ${JSON.stringify(file)};`);
      } else if (id.type === 'ObjectPattern' && init?.type === 'Identifier') {
        const from = required.get(init.name);
        if (from === undefined) continue;
        const members = id.properties.map((member) =>
          source.text(member).replace(/\s*:\s*/, ' as ')
        );
        replace(statement, `import { ${members.join(', ')} } from ${JSON.stringify(from)};`);
      }
    } else if (statement.type === 'ExpressionStatement') ofExpression(statement);
  }
  for (const statement of statements) {
    visit(statement, (node) => {
      if (done.has(node)) return false;
      // For graphile-export, which has been here.
      if (
        node.type === 'StaticBlock' && /^static\s*\{\s*this\.\$\$export = /.test(source.text(node))
      ) {
        replace(node, '');
        return false;
      }
      const name = exportedBy(node);
      if (name === undefined) return;
      if (!declared.has(name) && !variables.has(name)) {
        variables.add(name);
        before.push(`var ${variable(name)};`);
      }
      replace(node, declared.get(name) ?? variable(name));
      return false;
    });
  }
  const exported = [...variables].map((name) => `export { ${variable(name)} as ${name} };`);
  return [...before, source.text(), ...exported].join('\n');

  function ofExpression(statement: ExpressionStatement): void {
    const { expression } = statement;
    const file = requiredBy(expression);
    if (file !== undefined) return replace(statement, `import ${JSON.stringify(file)};`);
    if (expression.type === 'AssignmentExpression') {
      const assigned: string[] = [];
      let value: Node = expression;
      while (value.type === 'AssignmentExpression') {
        const name = exportedBy(value.left);
        if (name === undefined) break;
        assigned.push(name);
        value = value.right;
      }
      const [name] = assigned;
      if (name === undefined) return;
      // What will be assigned is named before: exports.one = exports.other = void 0.
      if (value.type === 'UnaryExpression' && value.operator === 'void') replace(statement, '');
      else if (assigned.length > 1) throw new Error(`${path}: ${assigned.join(' = ')}`);
      else if (value.type === 'Identifier' && names.has(value.name)) {
        declared.set(name, value.name);
        replace(statement, `export { ${value.name} as ${name} };`);
      } else if (!variables.has(name)) {
        variables.add(name);
        replace(expression.left, `var ${variable(name)}`);
      }
      return;
    }
    if (expression.type !== 'CallExpression') return;
    const [first, second, third] = expression.arguments;
    const called = calleeOf(expression);
    if (called === '__exportStar') {
      return replace(statement, `export * from ${JSON.stringify(requiredBy(first))};`);
    }
    // Names for graphile-export.
    const isName = called === 'exportAsMany' ||
      called === 'exportAs' && second?.type === 'Identifier' && functions.has(second.name);
    if (isName) return replace(statement, '');
    if (called !== 'defineProperty' || source.text(first!) !== 'exports') return;
    const name = second?.type === 'StringLiteral' ? second.value : '';
    if (name === '__esModule') return replace(statement, '');
    const [, from = '', member] = /return (\w+)\.([\w$]+);/.exec(source.text(third!)) ?? [];
    if (!required.has(from)) throw new Error(`${path}: ${source.text(statement)}`);
    replace(
      statement,
      `export { ${member} as ${name} } from ${JSON.stringify(required.get(from))};`,
    );
  }
}

/** `file` of `require("file")`, also where tslib wraps it. */
function requiredBy(node: Node | null | undefined): string | undefined {
  if (node?.type !== 'CallExpression') return undefined;
  const [first] = node.arguments;
  const called = calleeOf(node) ?? '';
  if (['__importStar', '__importDefault'].includes(called)) return requiredBy(first);
  return called === 'require' && first?.type === 'StringLiteral' ? first.value : undefined;
}

/** `name` of `exports.name`. */
const exportedBy = (node: Node): string | undefined =>
  node.type === 'MemberExpression' && !node.computed && node.object.type === 'Identifier' &&
    node.object.name === 'exports' && node.property.type === 'Identifier'
    ? node.property.name
    : undefined;
