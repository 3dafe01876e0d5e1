import { useState } from 'preact/hooks';
import { CurrencyChoice } from '../currency/choice.tsx';
import { changeLanguage, core, type Language, language, languages } from '../i18n/index.ts';
import { Select } from '../kit/field.tsx';
import { siteName } from '../name.ts';
import { applyTheme, type Theme, theme } from '../theme.ts';

export function Footer() {
  const words = core().shell;
  const [shown, setShown] = useState(theme());
  return (
    <footer class='site-footer'>
      <div class='inner'>
        <nav aria-label={words.footer}>
          <a href='/'>{siteName}</a>
          <a href='/search'>{words.allHomes}</a>
          <a href='/host'>{words.becomeHost}</a>
        </nav>
        <div class='switches'>
          <CurrencyChoice />
          <Select
            label={words.language}
            hidesLabel
            value={language}
            options={Object.entries(languages) as [Language, string][]}
            onValue={changeLanguage}
          />
          <Select<Theme>
            label={words.theme}
            hidesLabel
            value={shown}
            options={[['system', words.themeSystem], ['light', words.themeLight], [
              'dark',
              words.themeDark,
            ]]}
            onValue={(to) => {
              applyTheme(to);
              setShown(to);
            }}
          />
        </div>
      </div>
    </footer>
  );
}
