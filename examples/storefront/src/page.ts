import { useLocation } from 'preact-iso/router';
import { useEffect } from 'preact/hooks';
import { siteName } from './name.ts';

let isFirst = true;
let before = '';

/** Sets the title; after navigation within the site, focuses the main element, so that it is announced. */
export function usePage(title: string): void {
  const { path } = useLocation();
  useEffect(() => {
    document.title = title === '' ? siteName : `${title} · ${siteName}`;
  }, [title]);
  useEffect(() => {
    if (!isFirst && before !== path) document.querySelector('main')?.focus({ preventScroll: true });
    isFirst = false;
    before = path;
  }, [path]);
}

/** Where to go after signing in: only to pages of this site. */
export const signInPath = (back: string): string => `/sign-in?back=${encodeURIComponent(back)}`;
export const backFrom = (query: Record<string, string>): string => {
  const back = query['back'] ?? '/';
  return /^\/(?![/\\])/.test(back) ? back : '/';
};
