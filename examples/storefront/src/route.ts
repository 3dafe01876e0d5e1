import type { Dictionary } from './i18n/language.ts';

/** A path, with the script of its page and the texts it shows. */
export interface Part {
  path: string;
  /** The page is given the words of its path. */
  load: () => Promise<{
    default: (words: { id?: string; step?: string }) => preact.JSX.Element | null;
  }>;
  words?: Pick<Dictionary<unknown>, 'load'>[];
}

export const notFound: Part = { path: '*', load: () => import('./pages/not-found.tsx') };

/** Whether a path is one of a route, as preact-iso's router decides, which has not loaded yet. */
export const matches = (route: string, path: string): boolean =>
  new RegExp(
    `^${
      route.replace(/\/:\w+\?/g, '(/[^/]+)?').replace(/:\w+/g, '[^/]+').replace(/\/\*$/, '(/.*)?')
    }/?$`,
  ).test(path);
