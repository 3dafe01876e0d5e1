import { createCache, type Query, type State } from '@staybase/client';
import { expect, test } from 'vitest';

/** A question whose answers come when the test says so. */
function question(key: string) {
  const asked: { signal: AbortSignal; answer(value: unknown): void; fail(error: unknown): void }[] =
    [];
  const query: Query<unknown> = {
    key,
    run: (signal) =>
      new Promise((answer, fail) => {
        asked.push({ signal, answer, fail });
      }),
  };
  return { query, asked };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

function heard() {
  const states: State<unknown>[] = [];
  return { states, listener: (state: State<unknown>) => states.push(state) };
}

test('concurrent identical queries run once, and their answer is kept while it is fresh', async () => {
  const cache = createCache();
  const { query, asked } = question('homes {}');
  const both = Promise.all([cache.load(query), cache.load({ ...query })]);
  expect(asked.length).toBe(1);
  asked[0]!.answer(['mill']);
  expect(await both).toEqual([['mill'], ['mill']]);
  expect(await cache.load(query)).toEqual(['mill']);
  expect(asked.length).toBe(1);
  expect(cache.get(query)).toEqual({ answer: ['mill'], error: undefined, loading: false });
});

test('a stale answer is shown while a new one is loaded', async () => {
  const cache = createCache({ freshFor: -1 });
  const { query, asked } = question('homes {}');
  const first = cache.load(query);
  asked[0]!.answer(['mill']);
  const kept = await first;
  const { states, listener } = heard();
  cache.watch(query, listener);
  expect(states.at(-1)).toMatchObject({ answer: ['mill'], loading: true });
  asked[1]!.answer(['mill']);
  await settled();
  // The same words are the same object, so nothing is drawn again.
  expect(states.at(-1)!.answer).toBe(kept);
  expect(states.at(-1)!.loading).toBe(false);
});

test('a refresh by name reloads watched queries and drops the others', async () => {
  const cache = createCache();
  const [watched, other, more] = [
    question('inbox {}'),
    question('inbox {"before":1}'),
    question('inbox_more {}'),
  ];
  const { states, listener } = heard();
  cache.watch(watched.query, listener);
  const loads = [cache.load(other.query), cache.load(more.query)];
  [watched, other, more].forEach(({ asked }) => asked[0]!.answer('old'));
  await Promise.all(loads);
  cache.refresh('inbox');
  expect([watched, other, more].map(({ asked }) => asked.length)).toEqual([2, 1, 1]);
  expect(states.at(-1)).toMatchObject({ answer: 'old', loading: true });
  watched.asked[1]!.answer('new');
  await settled();
  expect(states.at(-1)).toMatchObject({ answer: 'new', loading: false });
  void cache.load(other.query);
  void cache.load(more.query);
  expect([other, more].map(({ asked }) => asked.length)).toEqual([2, 1]);
});

test('a query that a change ends is not asked again while it is watched, and is the next time', async () => {
  const cache = createCache();
  const { query, asked } = question('quote {}');
  const { states, listener } = heard();
  const stop = cache.watch(query, listener);
  asked[0]!.answer('free');
  await settled();
  cache.expire('quote');
  expect(asked.length).toBe(1);
  expect(states.at(-1)).toEqual({ answer: 'free', error: undefined, loading: false });
  stop();
  const again = cache.watch(query, listener);
  expect(asked.length).toBe(2);
  // One in flight is from before the change.
  cache.expire('quote');
  expect(asked[1]!.signal.aborted).toBe(true);
  expect(states.at(-1)).toEqual({ answer: 'free', error: undefined, loading: false });
  again();
});

test('a query that began before a change does not undo it', async () => {
  const cache = createCache();
  const { query, asked } = question('unread {}');
  const { states, listener } = heard();
  cache.watch(query, listener);
  cache.set(query, 0);
  asked[0]!.answer(3);
  await settled();
  expect(states.at(-1)).toEqual({ answer: 0, error: undefined, loading: false });
  cache.refresh();
  const before = asked.at(-1)!;
  cache.refresh();
  asked.at(-1)!.answer(1);
  await settled();
  before.answer(4);
  await settled();
  expect(before.signal.aborted).toBe(true);
  expect(states.at(-1)!.answer).toBe(1);
});

test('an error keeps the previous answer, and the next attempt clears it', async () => {
  const cache = createCache();
  const { query, asked } = question('homes {}');
  const { states, listener } = heard();
  cache.watch(query, listener);
  asked[0]!.answer(['mill']);
  await settled();
  cache.refresh('homes');
  asked[1]!.fail(new Error('away'));
  await settled();
  expect(states.at(-1)).toMatchObject({
    answer: ['mill'],
    error: new Error('away'),
    loading: false,
  });
  const load = cache.load(query);
  asked[2]!.answer([]);
  expect(await load).toEqual([]);
  expect(states.at(-1)).toMatchObject({ answer: [], error: undefined });
});

test('a query that nobody watches any more is aborted, and runs again for the next watcher', async () => {
  const cache = createCache();
  const { query, asked } = question('homes {}');
  const [one, other] = [heard(), heard()];
  const leave = [cache.watch(query, one.listener), cache.watch(query, other.listener)];
  leave[0]!();
  expect(asked[0]!.signal.aborted).toBe(false);
  leave[1]!();
  expect(asked[0]!.signal.aborted).toBe(true);
  expect(cache.get(query).loading).toBe(false);
  const again = heard();
  cache.watch(query, again.listener);
  asked[1]!.answer('there');
  await settled();
  expect(again.states.at(-1)!.answer).toBe('there');
  expect(other.states.at(-1)!.answer).toBeUndefined();
});

test('an error that nobody watched is reported to the first who watches, and the next asks again', async () => {
  const cache = createCache();
  const { query, asked } = question('homes {}');
  void cache.load(query).catch(() => {});
  void cache.load(query).catch(() => {});
  asked[0]!.fail(new Error('away'));
  await settled();
  const [first, next] = [heard(), heard()];
  const leave = cache.watch(query, first.listener);
  expect(first.states).toEqual([{ answer: undefined, error: new Error('away'), loading: false }]);
  expect(asked.length).toBe(1);
  leave();
  cache.watch(query, next.listener);
  expect(asked.length).toBe(2);
});

test('an error of long ago, or of before a change, is not reported: the query runs again', async () => {
  const { query, asked } = question('homes {}');
  const [old, changed] = [createCache({ freshFor: -1 }), createCache()];
  for (const cache of [old, changed]) {
    void cache.load(query).catch(() => {});
    asked.at(-1)!.fail(new Error('away'));
    await settled();
  }
  changed.refresh('homes');
  for (const cache of [old, changed]) cache.watch(query, () => {});
  expect(asked.length).toBe(4);
});

test('what runs already is not asked again by whoever watches', async () => {
  const cache = createCache();
  const { query, asked } = question('homes {}');
  void cache.load(query).catch(() => {});
  const { states, listener } = heard();
  cache.watch(query, listener);
  asked[0]!.answer(['mill']);
  await settled();
  expect(states.at(-1)).toEqual({ answer: ['mill'], error: undefined, loading: false });
  void cache.load(query).catch(() => {});
  expect(asked.length).toBe(1);
});

test('somebody else who signs in sees nothing that was cached before', async () => {
  const cache = createCache();
  const [watched, kept] = [question('inbox {}'), question('trips {}')];
  const { states, listener } = heard();
  cache.watch(watched.query, listener);
  const load = cache.load(kept.query);
  [watched, kept].forEach(({ asked }) => asked[0]!.answer('hers'));
  await load;
  cache.clear();
  expect(states.at(-1)).toMatchObject({ answer: undefined, loading: true });
  expect(cache.get(kept.query).answer).toBeUndefined();
});

test('at most the given number of answers is kept, and no watched one is dropped', async () => {
  const cache = createCache({ most: 2 });
  const questions = [1, 2, 3, 4].map((at) => question(`page ${at}`));
  cache.watch(questions[0]!.query, () => {});
  questions[0]!.asked[0]!.answer('first');
  await settled();
  for (const { query, asked } of questions.slice(1)) {
    const load = cache.load(query);
    asked[0]!.answer('next');
    await load;
  }
  expect(questions.map(({ query }) => cache.get(query).answer))
    .toEqual(['first', undefined, undefined, 'next']);
});
