import { render } from 'preact';
import { settings } from './settings.ts';

render(
  <main>
    <h1>Stays</h1>
    <p>{settings.url}</p>
  </main>,
  document.getElementById('app')!,
);
