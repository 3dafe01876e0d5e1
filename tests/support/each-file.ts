import { afterAll, afterEach, expect } from 'vitest';
import { takeFaults } from './answers.ts';
import { closeStack } from './stack.ts';

// Each test file has a database and a stack of its own; they end with it.
afterAll(closeStack);

// An answer that is not of its type is a fault of every test that meets it.
afterEach(() => expect(takeFaults()).toEqual([]));
