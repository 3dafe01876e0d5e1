import { call } from '@staybase/client';
import { useLocation } from 'preact-iso/router';
import { useState } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { staybase } from '../../api.ts';
import { guest } from '../../i18n/index.ts';
import { Button, Check, Dialog, ErrorBox } from '../../kit/index.ts';

/** The data export, and the deletion of the account. */
export function Privacy() {
  const words = guest().privacy;
  const { route } = useLocation();
  const [asks, setAsks] = useState(false);
  const [sure, setSure] = useState(false);
  const save = useAction(async () => {
    const { document: data } = await call(staybase, 'export_my_data');
    const url = URL.createObjectURL(
      new Blob([JSON.stringify(data, null, 2)], { type: 'application/json' }),
    );
    const link = Object.assign(document.createElement('a'), {
      href: url,
      download: 'staybase-export.json',
    });
    link.click();
    URL.revokeObjectURL(url);
  });
  const leave = useAction(async () => {
    await call(staybase, 'delete_my_account');
    await staybase.auth.signOut({ scope: 'local' });
    route('/');
  });
  return (
    <section class='stack' aria-labelledby='privacy'>
      <h2 id='privacy'>{words.title}</h2>
      <p class='soft'>{words.text}</p>
      <ErrorBox error={save.error} />
      <div class='row'>
        <Button busy={save.busy} onClick={() => void save()}>{words.export}</Button>
        <Button kind='danger' onClick={() => setAsks(true)}>{words.leave}</Button>
      </div>
      {asks && (
        <Dialog
          title={words.leave}
          onClose={() => setAsks(false)}
          footer={
            <Button kind='danger' busy={leave.busy || !sure} onClick={() => void leave()}>
              {words.leaveNow}
            </Button>
          }
        >
          <div class='stack'>
            <p>{words.leaveText}</p>
            <Check checked={sure} onChecked={setSure}>{words.sure}</Check>
            <ErrorBox error={leave.error} />
          </div>
        </Dialog>
      )}
    </section>
  );
}
