import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder Staybase was checked out to, absolute. */
export const projectDirectory = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** Absolute path of something in the project, from its path below the project folder. */
export const inProject = (...parts: string[]): string => join(projectDirectory, ...parts);
