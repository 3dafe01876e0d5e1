import { expect } from 'vitest';
import { filesToName, noteFile } from './cpu.ts';

if (filesToName > 0) noteFile(expect.getState().testPath ?? '');
