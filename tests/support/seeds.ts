/**
 * The seed of this run's random tests, printed so that a failure can be seen again:
 * `STAYBASE_SEED=... npx vitest run <file>`. `STAYBASE_RUNS=10` runs ten times as many cases.
 */
export const seed = Number(process.env.STAYBASE_SEED ?? Math.floor(Math.random() * 2 ** 31));

console.info(`STAYBASE_SEED=${seed}`);

/** How fast-check shall run a property: so many times, from the seed of this run. */
export const runs = (numRuns: number) => ({
  numRuns: Math.max(1, Math.round(numRuns * Number(process.env.STAYBASE_RUNS ?? 1))),
  seed,
});
