import { expect, test } from 'vitest';
import { checks, run } from '../../scripts/checks.ts';

test.for(checks)('$what', (check) => {
  const { status, stdout, stderr } = run(check);
  expect(status, stdout + stderr).toBe(0);
});
