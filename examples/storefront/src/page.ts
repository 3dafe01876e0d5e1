import { useLocation } from 'preact-iso/router';
import { useEffect } from 'preact/hooks';

let isFirst = true;
let before = '';

/** Names the page; after a way within the site the focus goes to its main part, so that it is read out. */
export function usePage(title: string): void {
  const { path } = useLocation();
  useEffect(() => {
    document.title = title === '' ? 'Staybase' : `${title} · Staybase`;
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
