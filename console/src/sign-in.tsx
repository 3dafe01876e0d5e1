import { useState } from 'preact/hooks';
import { type Problem, problemOf, supabase } from './backend.ts';
import { captcha, CaptchaBox } from './captcha.tsx';
import { Refusal } from './parts/show.tsx';
import { useHere } from './session.tsx';

export function SignIn() {
  const [problem, setProblem] = useState<Problem>();
  const [isBusy, setBusy] = useState(false);
  const signIn = async (event: SubmitEvent) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    setProblem(undefined);
    try {
      const { error } = await supabase.auth.signInWithPassword({
        email: String(fields.get('email')),
        password: String(fields.get('password')),
        options: await captcha.options(),
      });
      if (error !== null) throw error;
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <main class='door'>
      <h1>Console</h1>
      <p class='quiet'>For the staff of this marketplace.</p>
      <form onSubmit={signIn}>
        <label>
          E-mail
          <input
            name='email'
            type='email'
            autocomplete='username'
            required
            autofocus
          />
        </label>
        <label>
          Password
          <input
            name='password'
            type='password'
            autocomplete='current-password'
            required
          />
        </label>
        <CaptchaBox />
        <Refusal problem={problem} />
        <button type='submit' class='main' disabled={isBusy}>Sign in</button>
      </form>
    </main>
  );
}

export function Refused(
  { email, problem }: { email: string; problem: Problem },
) {
  const { ask, signOut } = useHere();
  return (
    <main class='door'>
      <h1>
        {problem.code === 'staff_only' ? 'This is for staff only' : 'The API refused the request'}
      </h1>
      <p>You are signed in as {email}.</p>
      <Refusal problem={problem} />
      <div class='row'>
        <button type='button' onClick={signOut}>Sign out</button>
        <button type='button' onClick={ask}>Try again</button>
      </div>
    </main>
  );
}
