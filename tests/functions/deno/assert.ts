// Not node:assert: its types want @types/node, which Deno does not find among npm's packages here.

export function assert(condition: unknown, message = 'this does not hold'): asserts condition {
  if (!condition) throw new Error(message);
}

/** Compares what JSON can say, in the same order. */
export function assertEquals(actual: unknown, expected: unknown, message = ''): void {
  const [is, shall] = [actual, expected].map((value) => JSON.stringify(value, undefined, 1));
  assert(is === shall, `${message}\nis    ${is}\nshall ${shall}`.trim());
}

export function assertMatch(actual: string, expected: RegExp): void {
  assert(expected.test(actual), `${actual}\ndoes not match ${expected}`);
}

/** Resolves to what was thrown; its message must be this. */
export async function assertRejects(deed: () => Promise<unknown>, message: string): Promise<Error> {
  let thrown: unknown;
  try {
    await deed();
  } catch (error) {
    thrown = error;
  }
  assert(thrown instanceof Error, `nothing was thrown, and not ${message}`);
  assertEquals(thrown.message, message);
  return thrown;
}
