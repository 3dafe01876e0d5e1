import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'graphql';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { inProject } from '../../local/paths.ts';
import { type Answer, ask, post, refusal, startGraph } from './graph.ts';
import { mill, type Reader, town } from './town.ts';

const list: Record<string, string> = JSON.parse(
  readFileSync(inProject('supabase', 'functions', 'graphql', 'documents.json'), 'utf8'),
);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** The hash of the document whose operation has that name. */
function hashOf(name: string): string {
  const [hash] = Object.entries(list).find(([, text]) => text.includes(` ${name}`)) ?? [];
  if (hash === undefined) throw new Error(`${name} is not on the list.`);
  return hash;
}
const byHash = (sha256Hash: string, variables?: unknown) => ({
  extensions: { persistedQuery: { version: 1, sha256Hash } },
  variables,
});

let readers: Reader[];
const tokenOf = (name: string) => readers.find((reader) => reader.name === name)?.token;
beforeAll(async () => {
  readers = await town();
});

/** The script, as a team runs it. */
const script = (...args: string[]) =>
  promisify(execFile)(process.execPath, [inProject('scripts', 'documents.ts'), ...args]);

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'staybase-documents-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

test('the committed list is that of the folder, and each hash that of its text', async () => {
  await script('--check');
  expect(Object.keys(list).length).toBeGreaterThan(5);
  for (const [hash, text] of Object.entries(list)) expect(sha256(text)).toBe(hash);
});

test('each operation of a folder is a document, with its own fragments and no others', async () => {
  const [from, to] = [folder(), join(folder(), 'list.json')];
  writeFileSync(
    join(from, 'pages.graphql'),
    `# A comment is nobody's business.
     query Titles { listings { nodes { ...Title } } }
     query Names { profiles { nodes { ...Name } } }
     fragment Title on Listing { title }
     fragment Name on Profile { displayName }`,
  );
  const { stdout } = await script(from, '--to', to);
  const made = Object.entries<string>(JSON.parse(readFileSync(to, 'utf8')));
  expect(made).toHaveLength(2);
  for (const [hash, text] of made) {
    expect(sha256(text)).toBe(hash);
    expect(parse(text).definitions).toHaveLength(2);
    expect(text).not.toContain('#');
    expect(stdout).toContain(hash);
  }
});

test("the list that graphql-codegen wrote for the example's frontend is taken as it is", async () => {
  const to = join(folder(), 'list.json');
  const from = inProject('examples', 'typed-graphql', 'generated', 'persisted-documents.json');
  await script(from, '--to', to);
  const written = Object.entries(JSON.parse(readFileSync(from, 'utf8')));
  expect(written.length).toBeGreaterThan(0);
  expect(JSON.parse(readFileSync(to, 'utf8'))).toEqual(
    Object.fromEntries(written.map(([hash, text]) => [hash.replace('sha256:', ''), text])),
  );
  // What the frontend sends is what it was listed under.
  const documents = readFileSync(from.replace('persisted-documents.json', 'graphql.ts'), 'utf8');
  for (const [hash] of written) expect(documents).toContain(`{"hash":"${hash}"}`);
});

test.each([
  ['what is not in the graph', 'query Wrong { nothing }', 'Cannot query field "nothing"'],
  ['what is no GraphQL', 'query Wrong {', 'Syntax Error'],
  ['an operation without a name', '{ listings { nodes { title } } }', 'has no name'],
  ['nothing', '', 'Syntax Error'],
])('%s ends the script, and leaves the list alone', async (_what, text, problem) => {
  const [from, to] = [folder(), join(folder(), 'list.json')];
  writeFileSync(join(from, 'wrong.graphql'), text);
  writeFileSync(to, 'as it was');
  await expect(script(from, '--to', to)).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining(problem),
  });
  expect(readFileSync(to, 'utf8')).toBe('as it was');
});

test('a list whose hashes are not those of its texts ends the script', async () => {
  const from = join(folder(), 'persisted-documents.json');
  const text = 'query Titles {\n  listings {\n    nodes {\n      title\n    }\n  }\n}';
  const sha1 = createHash('sha1').update(text).digest('hex');
  writeFileSync(from, JSON.stringify({ [sha1]: text }));
  await expect(script(from, '--to', join(folder(), 'list.json'))).rejects.toMatchObject({
    stderr: expect.stringContaining("hashAlgorithm to 'sha256'"),
  });
});

test('where any document is taken, a known one may be sent by its hash', async () => {
  const home = await post(JSON.stringify(byHash(hashOf('Home'), { listingId: mill })));
  expect(home.errors).toEqual([]);
  expect(home.data.listing.title).toContain('mill');
  const byId = { documentId: `sha256:${hashOf('Home')}`, variables: { listingId: mill } };
  expect((await post(JSON.stringify(byId))).data).toEqual(home.data);
  for (const documentId of [hashOf('Home'), 'Home', `sha1:${hashOf('Home')}`, 7]) {
    expect(refusal(await post(JSON.stringify({ ...byId, documentId }))))
      .toEqual({ status: 400, code: 'invalid_body' });
  }
  expect(refusal(await post(JSON.stringify(byHash('0'.repeat(64))))))
    .toEqual({ status: 404, code: 'unknown_document' });
  // An unknown one brings its text along; of a known one the text on the list counts.
  const unknown = { ...byHash('0'.repeat(64)), query: '{ __typename }' };
  expect((await post(JSON.stringify(unknown))).data).toEqual({ __typename: 'Query' });
  const other = { ...byHash(hashOf('Home'), { listingId: mill }), query: '{ __typename }' };
  expect((await post(JSON.stringify(other))).data).toEqual(home.data);
});

test('with GRAPHQL_ONLY_PERSISTED what is on the list is answered, to whom it is for', async () => {
  const send = await startGraph({ env: { GRAPHQL_ONLY_PERSISTED: 'true' } });
  const home = await send(byHash(hashOf('Home'), { listingId: mill }));
  expect(home.errors).toEqual([]);
  expect(home.data.listing.photos.nodes.length).toBeGreaterThan(1);
  const hosting = await send({ documentId: `sha256:${hashOf('Hosting')}` }, tokenOf('Grace'));
  expect(hosting.errors).toEqual([]);
  expect(hosting.data.bookings.nodes.length).toBeGreaterThan(1);
  expect((await send(byHash(hashOf('Hosting')))).errors[0]?.extensions.code).toBe('not_allowed');
});

test('with GRAPHQL_ONLY_PERSISTED anything else is refused, however it comes', async () => {
  const send = await startGraph({ env: { GRAPHQL_ONLY_PERSISTED: 'true' } });
  const refused: Record<string, unknown> = {
    'a text': { query: '{ __typename }' },
    'a text on the list': { query: list[hashOf('Home')], variables: { listingId: mill } },
    'an unknown id': { documentId: `sha256:${'0'.repeat(64)}` },
    'an unknown hash': byHash('0'.repeat(64)),
    'a text with its own hash': { ...byHash(sha256('{ __typename }')), query: '{ __typename }' },
    'nothing': {},
    'other extensions': { query: '{ __typename }', extensions: { documentId: hashOf('Home') } },
  };
  const answers: Record<string, unknown> = {};
  for (const [what, body] of Object.entries(refused)) answers[what] = refusal(await send(body));
  const expected = { status: 404, code: 'unknown_document' };
  expect(answers).toEqual(Object.fromEntries(Object.keys(refused).map((what) => [what, expected])));
  // What stands beside a known hash is not looked at.
  const beside = { ...byHash(hashOf('Home'), { listingId: mill }), query: 'mutation { nothing }' };
  expect((await send(beside)).data.listing.title).toContain('mill');
});

test('the variables of a document on the list are limited as those of any other', async () => {
  const send = await startGraph({ env: { GRAPHQL_ONLY_PERSISTED: 'true' } });
  const token = tokenOf('Grace');
  const page = async (first: unknown) =>
    refusal(await send(byHash(hashOf('Hosting'), { first }), token));
  expect(await page(1000)).toEqual({ status: 400, code: 'too_many_results' });
  expect(await page(null)).toEqual({ status: 400, code: 'invalid_page_size' });
  expect(await page('x')).toEqual({ status: 400, code: 'invalid_variables' });
  expect(await page(1)).toEqual({ status: 200, code: undefined });
  expect(refusal(await send(byHash(hashOf('Home')))))
    .toEqual({ status: 400, code: 'invalid_variables' });
});

test('a setting that is neither true nor false opens nothing', async () => {
  const send = await startGraph({ env: { GRAPHQL_ONLY_PERSISTED: 'yes' } });
  const { status, text } = await send({ query: '{ __typename }' });
  expect({ status, code: JSON.parse(text).code }).toEqual({ status: 500, code: 'not_configured' });
});

test('outside of a local stack the schema is not to be asked for, and a refusal suggests nothing', async () => {
  const send = await startGraph({ env: { STAYBASE_ENVIRONMENT: 'production' } });
  expect((await send({ query: '{ __typename listings(first: 1) { nodes { title } } }' })).errors)
    .toEqual([]);
  const asked: Record<string, string> = {
    schema: '{ __schema { types { name } } }',
    type: '{ __type(name: "Listing") { fields { name } } }',
    'by another name': '{ a: __type(name: "Listing") { name } }',
    'in a fragment': '{ ...f } fragment f on Query { __schema { queryType { name } } }',
    'in an inline fragment': '{ ... { ... on Query { __type(name: "Listing") { name } } } }',
    'in a mutation': 'mutation { __schema { queryType { name } } }',
    skipped: '{ __typename __schema @skip(if: true) { queryType { name } } }',
    'beside rows': '{ listings(first: 1) { nodes { title } } __schema { queryType { name } } }',
  };
  const answers: [string, Answer][] = [];
  for (const [what, query] of Object.entries(asked)) answers.push([what, await send({ query })]);
  for (const [what, answer] of answers) {
    expect({ what, ...refusal(answer) })
      .toEqual({ what, status: 400, code: 'invalid_document' });
    expect(answer.data).toBeUndefined();
  }
  const slip = async (query: string) => (await send({ query })).text;
  expect(await slip('{ listing { titel } }')).not.toContain('Did you mean');
  expect(await slip('{ lisitngs(frist: 1) { nodes { title } } }')).not.toContain('Did you mean');
  expect(await slip('query($v: Lsiting) { __typename }')).not.toContain('Did you mean');
  // Here it is open, and helpful.
  expect((await ask('{ __type(name: "Listing") { name } }')).data.__type.name).toBe('Listing');
  expect((await ask('{ lisitngs { nodes { title } } }')).text).toContain('Did you mean');
});
