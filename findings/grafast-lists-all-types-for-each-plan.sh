#!/bin/sh
# grafast 1.1.3 (npm package grafast@1.1.3) goes through all types of the schema whenever it plans an operation, to
# note the unions that each object type is in, though the schema has no union and the operation one field: planning
# takes the longer the more types there are, and a schema that makes its types when they are first asked for makes them
# all for its first operation.
#
# Makes a schema of 2,000 object types without a union, asks for its fields in three documents, one of them twice, and
# prints how often the planning asked for all types. A document that was planned is not planned again.
#
# Seen on 30 November 2026:
#   grafast 1.1.3
#   3 documents, 4 answers: the map of types was asked for 3 times
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --no-audit --no-fund --loglevel=error --ignore-scripts grafast@1.1.3 graphql@16.15.0 > /dev/null

cat > types.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { constant, grafast, makeGrafastSchema } from 'grafast';
console.log('grafast', JSON.parse(readFileSync('node_modules/grafast/package.json', 'utf8')).version);
const names = Array.from({ length: 2000 }, (_, at) => `T${at}`);
const schema = makeGrafastSchema({
  typeDefs: `type Query { one: Int two: Int ${names.map((name) => `of${name}: ${name}`).join(' ')} }
    ${names.map((name) => `type ${name} { id: Int }`).join('\n')}`,
  objects: { Query: { plans: { one: () => constant(1), two: () => constant(2) } } },
});
let asked = 0;
const getTypeMap = schema.getTypeMap.bind(schema);
schema.getTypeMap = () => {
  // Validation asks, too: only what a plan asks when it is made counts.
  if (/new OperationPlan/.test(new Error().stack)) asked += 1;
  return getTypeMap();
};
const documents = ['{ one }', '{ two }', '{ one two }', '{ one }'];
for (const source of documents) {
  const { errors } = await grafast({ schema, source });
  if (errors) throw errors[0];
}
console.log(`${new Set(documents).size} documents, ${documents.length} answers: the map of types was asked for ${asked} times`);
JS
GRAPHILE_ENV=production node types.mjs | tee seen
cat > expected <<'TXT'
grafast 1.1.3
3 documents, 4 answers: the map of types was asked for 3 times
TXT
cmp seen expected
