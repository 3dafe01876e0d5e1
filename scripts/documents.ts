/**
 * Writes supabase/functions/graphql/documents.json, the list of documents that the graph knows by their
 * hash and, with GRAPHQL_ONLY_PERSISTED=true, takes alone.
 *
 *   npm run documents                     from supabase/functions/graphql/documents
 *   npm run documents -- FROM...          from folders of .graphql files and from lists that graphql-codegen
 *                                         wrote (persisted-documents.json, hashAlgorithm 'sha256')
 *   npm run documents -- --check          exit 1 when the list is another
 *
 * Each operation is a document of its own, with the fragments it spreads, and its hash is the SHA-256 of
 * its text as graphql-js prints it. A document that does not fit the graph ends it, and nothing is written.
 */
import {
  buildASTSchema,
  type DocumentNode,
  parse,
  print,
  separateOperations,
  validate,
} from 'graphql';
import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readCommandLine } from '../local/command-line.ts';
import { inProject } from '../local/paths.ts';

const ofFunction = (name: string) => inProject('supabase', 'functions', 'graphql', name);

const usage = `Writes the list of persisted documents of the function graphql.

  npm run documents -- [--check] [--to FILE] [FROM...]

  FROM        folders of .graphql files, or lists that graphql-codegen wrote;
              default: supabase/functions/graphql/documents
  --check     exits with 1 when the list is not current; writes nothing
  --to FILE   default: supabase/functions/graphql/documents.json`;

const { values, positionals } = readCommandLine(usage, {
  allowPositionals: true,
  options: {
    check: { type: 'boolean', default: false },
    to: { type: 'string', default: ofFunction('documents.json') },
  },
});
const places = positionals.length > 0 ? positionals : [ofFunction('documents')];
const schema = buildASTSchema(parse(readFileSync(ofFunction('schema.graphql'), 'utf8')));

const list = new Map<string, string>();
for (const place of places.map((place) => resolve(place))) {
  const documents = statSync(place).isDirectory() ? fromFolder(place) : fromList(place);
  for (const [where, text] of documents) {
    const [problem] = validate(schema, parse(text));
    if (problem !== undefined) end(`${where}: ${problem.message}`);
    list.set(hashOf(text), text);
  }
}
if (list.size === 0) end(`There are no documents in ${places.join(', ')}.`);

const sorted = Object.fromEntries([...list].toSorted(([one], [other]) => one < other ? -1 : 1));
const content = `${JSON.stringify(sorted, null, 2)}\n`;
if (!values.check) {
  writeFileSync(values.to, content);
  for (const [hash, text] of Object.entries(sorted)) console.log(`${hash}  ${nameOf(parse(text))}`);
} else if (readFileSync(values.to, 'utf8') !== content) {
  end(`${values.to} is another list. Run npm run documents.`);
}

function* fromFolder(folder: string): Generator<[where: string, text: string]> {
  for (const file of globSync('**/*.graphql', { cwd: folder }).toSorted()) {
    const path = join(folder, file);
    for (const document of Object.values(separateOperations(parsed(path)))) {
      // Its name, so that a log tells which it was.
      if (nameOf(document) === '') end(`${path}: an operation has no name.`);
      yield [path, print(document)];
    }
  }
}

function* fromList(file: string): Generator<[where: string, text: string]> {
  for (const [hash, text] of Object.entries<string>(JSON.parse(readFileSync(file, 'utf8')))) {
    if (hashOf(text) !== hash.replace('sha256:', '')) {
      end(`${file}: ${hash} is not the SHA-256 of its text; set hashAlgorithm to 'sha256'.`);
    }
    yield [`${file}: ${hash}`, text];
  }
}

function parsed(path: string): DocumentNode {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (error) {
    end(`${path}: ${(error as Error).message}`);
  }
}

function nameOf({ definitions }: DocumentNode): string {
  const operation = definitions.find(({ kind }) => kind === 'OperationDefinition');
  return operation !== undefined && 'name' in operation ? operation.name?.value ?? '' : '';
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function end(message: string): never {
  console.error(message);
  process.exit(1);
}
