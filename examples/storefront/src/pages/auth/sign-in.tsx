import { useLocation } from 'preact-iso/router';
import { useEffect, useState } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { staybase } from '../../api.ts';
import { core, guest, language } from '../../i18n/index.ts';
import { Button, ErrorBox, Field, Notice } from '../../kit/index.ts';
import { backFrom, usePage } from '../../page.ts';
import { useSession } from '../../session.ts';
import { captcha, CaptchaBox } from './captcha.tsx';

type Way = 'in' | 'up' | 'link' | 'reset';

const orThrow = async (answer: Promise<{ error: unknown }>) => {
  const { error } = await answer;
  if (error) throw error;
};

/** Signing in and up, by password or by a link in an e-mail. */
export default function SignIn() {
  const words = guest().auth;
  const { query, route } = useLocation();
  const { user } = useSession();
  const back = backFrom(query);
  const [way, setWay] = useState<Way>(query['way'] === 'up' ? 'up' : 'in');
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [sent, setSent] = useState<Way | null>(null);
  const title = way === 'up' ? words.signUp : way === 'reset' ? words.reset : core().shell.signIn;
  usePage(title);
  useEffect(() => {
    if (user) route(back, true);
  }, [user?.id]);
  const go = useAction(async () => {
    const { auth } = staybase;
    const options = await captcha.options();
    if (way === 'in') await orThrow(auth.signInWithPassword({ email, password, options }));
    if (way === 'up') {
      const { data, error } = await auth.signUp({
        email,
        password,
        options: { ...options, data: { display_name: name, locale: language } },
      });
      if (error) throw error;
      if (!data.session) setSent('up');
    }
    if (way === 'link') {
      await orThrow(
        auth.signInWithOtp({ email, options: { ...options, shouldCreateUser: false } }),
      );
      setSent('link');
    }
    if (way === 'reset') {
      await orThrow(auth.resetPasswordForEmail(email, options));
      setSent('reset');
    }
  });
  const change = (to: Way) => {
    setWay(to);
    setSent(null);
    go.clear();
  };
  return (
    <div class='page' data-form>
      <h1>{title}</h1>
      {sent
        ? (
          <div class='stack'>
            <Notice>
              <p role='status'>{words.sent(email)}</p>
            </Notice>
            <Button onClick={() => change('in')}>{words.backToSignIn}</Button>
          </div>
        )
        : (
          <form
            class='stack'
            onSubmit={(event) => {
              event.preventDefault();
              void go();
            }}
          >
            {way === 'up' && (
              <Field
                label={words.name}
                hint={words.nameHint}
                value={name}
                onValue={setName}
                autocomplete='given-name'
                required
                maxlength={80}
              />
            )}
            <Field
              label={words.email}
              type='email'
              value={email}
              onValue={setEmail}
              autocomplete='email'
              required
            />
            {(way === 'in' || way === 'up') && (
              <Field
                label={words.password}
                type='password'
                value={password}
                onValue={setPassword}
                autocomplete={way === 'up' ? 'new-password' : 'current-password'}
                {...(way === 'up' ? { hint: words.passwordHint, minlength: 8 } : {})}
                required
              />
            )}
            <CaptchaBox />
            <ErrorBox error={go.error} />
            <Button kind='primary' type='submit' wide busy={go.busy}>
              {way === 'in' ? core().shell.signIn : way === 'up' ? words.signUp : words.sendLink}
            </Button>
            <div class='row'>
              {way === 'in'
                ? (
                  <>
                    <Button kind='quiet' size='small' onClick={() => change('link')}>
                      {words.byLink}
                    </Button>
                    <Button kind='quiet' size='small' onClick={() => change('reset')}>
                      {words.forgot}
                    </Button>
                  </>
                )
                : (
                  <Button kind='quiet' size='small' onClick={() => change('in')}>
                    {words.backToSignIn}
                  </Button>
                )}
            </div>
            {way === 'in' && (
              <div class='panel stack-small'>
                <p class='strong'>{words.newHere}</p>
                <Button wide onClick={() => change('up')}>{words.signUp}</Button>
              </div>
            )}
          </form>
        )}
    </div>
  );
}
