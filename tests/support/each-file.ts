import { afterAll } from 'vitest';
import { closeStack } from './stack.ts';

// Each test file has a database and a stack of its own; they end with it.
afterAll(closeStack);
