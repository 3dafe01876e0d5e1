import { render } from 'preact';
import { settings } from './settings.ts';

render(
  <main>
    <h1>Console</h1>
    <p>{settings.url}</p>
  </main>,
  document.getElementById('app')!,
);
