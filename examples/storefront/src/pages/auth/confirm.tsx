import type { EmailOtpType } from '@supabase/supabase-js';
import { useLocation } from 'preact-iso/router';
import { useState } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { staybase } from '../../api.ts';
import { guest } from '../../i18n/index.ts';
import { Button, ErrorBox, Field, LinkButton, Notice } from '../../kit/index.ts';
import { usePage } from '../../page.ts';

const kinds = ['signup', 'magiclink', 'recovery', 'email_change', 'invite', 'email'] as const;

/** The page that Auth's e-mails link to: docs/auth.md. */
export default function Confirm() {
  const words = guest().auth;
  const { query, route } = useLocation();
  const type = kinds.find((kind) => kind === query['type']) as EmailOtpType | undefined;
  const token_hash = query['token_hash'];
  const [state, setState] = useState<'asks' | 'password' | 'other'>('asks');
  const [password, setPassword] = useState('');
  usePage(words.confirmTitle);
  // With a button, not on load: virus scanners open the links in e-mails.
  const confirm = useAction(async () => {
    const { data, error } = await staybase.auth.verifyOtp({ token_hash: token_hash!, type: type! });
    if (error) throw error;
    if (type === 'recovery' || type === 'invite') setState('password');
    else if (type === 'email_change' && !data.session) setState('other');
    else route('/', true);
  });
  const choose = useAction(async () => {
    const { error } = await staybase.auth.updateUser({ password });
    if (error) throw error;
    route('/', true);
  });
  return (
    <div class='page' data-form>
      <h1>{state === 'password' ? words.newPassword : words.confirmTitle}</h1>
      {(!type || !token_hash) && <Notice kind='warn'>{words.badLink}</Notice>}
      {type && token_hash && state === 'asks' && (
        <div class='stack'>
          <p>{words.confirmText}</p>
          <ErrorBox error={confirm.error} />
          <Button kind='primary' wide busy={confirm.busy} onClick={() => void confirm()}>
            {words.confirm}
          </Button>
          {Boolean(confirm.error) && <LinkButton wide href='/sign-in'>{words.another}</LinkButton>}
        </div>
      )}
      {state === 'other' && (
        <Notice>
          <p role='status'>{words.otherMailbox}</p>
        </Notice>
      )}
      {state === 'password' && (
        <form
          class='stack'
          onSubmit={(event) => {
            event.preventDefault();
            void choose();
          }}
        >
          <Field
            label={words.newPassword}
            hint={words.passwordHint}
            type='password'
            autocomplete='new-password'
            minlength={8}
            value={password}
            onValue={setPassword}
            required
          />
          <ErrorBox error={choose.error} />
          <Button kind='primary' type='submit' wide busy={choose.busy}>{words.save}</Button>
        </form>
      )}
    </div>
  );
}
