import { useEffect } from 'preact/hooks';

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);

/** `/` goes to the search, `j` and `k` along the rows of a table, Enter into the row's first link. */
export function useKeys(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('dialog[open]') !== null) return;
      const rows = [...document.querySelectorAll<HTMLElement>('main tbody tr')];
      const here = rows.findIndex((row) => row.contains(document.activeElement));
      switch (event.key) {
        case '/':
          event.preventDefault();
          document.getElementById('search')?.focus();
          break;
        case 'j':
          rows[Math.min(here + 1, rows.length - 1)]?.focus();
          break;
        case 'k':
          rows[Math.max(here - 1, 0)]?.focus();
          break;
        case 'Enter':
          if (document.activeElement?.tagName === 'TR') {
            document.activeElement.querySelector<HTMLElement>('a, button')?.click();
          }
          break;
      }
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}
