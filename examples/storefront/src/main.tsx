import { render } from 'preact';
import { askAhead } from './ahead.ts';
import { App, preload } from './app.tsx';
import { core } from './i18n/index.ts';
import './styles/base.css';
import './styles/kit.css';
import './styles/layout.css';

preload(location.pathname);
void askAhead(location.pathname);
// Not awaited here: the words are a module that may need this one.
void core.load().then(() => render(<App />, document.getElementById('app')!));
