import { render } from 'preact';
import { App, preload } from './app.tsx';
import { core, language } from './i18n/index.ts';
import './styles/base.css';
import './styles/kit.css';
import './styles/layout.css';
import { applyTheme } from './theme.ts';

applyTheme();
document.documentElement.lang = language;
preload(location.pathname);
await core.load();
render(<App />, document.getElementById('app')!);
