import { core } from '../i18n/index.ts';
import { usePage } from '../page.ts';

/** All below /host. */
export default function Host() {
  usePage(core().shell.hosting);
  return (
    <div class='page'>
      <h1>{core().shell.hosting}</h1>
    </div>
  );
}
