export type Theme = 'system' | 'light' | 'dark';

export const theme = (): Theme => {
  const kept = localStorage.getItem('theme');
  return kept === 'light' || kept === 'dark' ? kept : 'system';
};

export function applyTheme(to: Theme = theme()): void {
  if (to === 'system') {
    localStorage.removeItem('theme');
    delete document.documentElement.dataset['theme'];
  } else {
    localStorage.setItem('theme', to);
    document.documentElement.dataset['theme'] = to;
  }
}
