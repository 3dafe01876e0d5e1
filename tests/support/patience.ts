/**
 * How long a wait for something that must come may take before it is red, in milliseconds. It only ends what
 * hangs: the longest that anything is waited for is a whole stack's start, thirty seconds on two cores that
 * eight processes wanted. Ten minutes, as it was, kept half of a run's workers busy with one red test.
 */
export const patience = 180_000;
