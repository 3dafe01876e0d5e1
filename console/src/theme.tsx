import { useEffect, useState } from 'preact/hooks';

const themes = ['auto', 'light', 'dark'] as const;
type Theme = typeof themes[number];

/** The browser's preference, unless the person chose another one here. */
export function ThemeButton() {
  const [theme, setTheme] = useState<Theme>(() => {
    const kept = localStorage.getItem('theme');
    return themes.find((theme) => theme === kept) ?? 'auto';
  });
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
    localStorage.setItem('theme', theme);
  }, [theme]);
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'auto';
  return (
    <button
      type='button'
      class='theme'
      onClick={() => setTheme(next)}
      title={`Change to ${next}`}
    >
      Theme: {theme}
    </button>
  );
}
