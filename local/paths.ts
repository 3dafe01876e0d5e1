import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder Staybase was checked out to, absolute. */
export const projectDirectory = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** A team's own storefront, which `npm run create` makes and no upgrade touches. */
export const ownStorefront = join('apps', 'storefront');
export const exampleStorefront = join('examples', 'storefront');

/** Absolute path of something in the project, from its path below the project folder. */
export const inProject = (...parts: string[]): string => join(projectDirectory, ...parts);
