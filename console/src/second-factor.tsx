import { useEffect, useState } from 'preact/hooks';
import { type Problem, problemOf, supabase } from './backend.ts';
import { Refusal } from './parts/show.tsx';
import { useHere } from './session.tsx';

interface Factor {
  id: string;
  /** For a new factor, to be added to an app. */
  secret?: string;
  uri?: string;
}

/** The verified factor of the signed-in person; otherwise a new one, after unfinished ones are removed. */
async function factorToAsk(): Promise<Factor> {
  const { data, error } = await supabase.auth.mfa.listFactors();
  if (error !== null) throw error;
  const [verified] = data.totp;
  if (verified !== undefined) return { id: verified.id };
  for (
    const begun of data.all.filter((factor) => factor.factor_type === 'totp')
  ) {
    await supabase.auth.mfa.unenroll({ factorId: begun.id });
  }
  const enrolled = await supabase.auth.mfa.enroll({ factorType: 'totp' });
  if (enrolled.error !== null) throw enrolled.error;
  return {
    id: enrolled.data.id,
    secret: enrolled.data.totp.secret,
    uri: enrolled.data.totp.uri,
  };
}

/** Shown when a verb is refused with second_factor_required. */
export function SecondFactor({ email }: { email: string }) {
  const { ask, signOut } = useHere();
  const [factor, setFactor] = useState<Factor>();
  const [problem, setProblem] = useState<Problem>();
  const [isAbsent, setAbsent] = useState(false);
  useEffect(() => {
    factorToAsk().then(setFactor).catch((error) => {
      const problem = problemOf(error);
      // Auth servers without second factors, such as the embedded stack's, answer in various ways.
      setAbsent(!['network_error', 'sign_in_required', 'too_many_requests'].includes(problem.code));
      setProblem(problem);
    });
  }, []);
  const verify = async (event: SubmitEvent) => {
    event.preventDefault();
    if (factor === undefined) return;
    const code = String(
      new FormData(event.currentTarget as HTMLFormElement).get('code'),
    );
    const { error } = await supabase.auth.mfa.challengeAndVerify({
      factorId: factor.id,
      code,
    });
    if (error === null) ask();
    else setProblem(problemOf(error));
  };
  return (
    <main class='door'>
      <h1>Second factor</h1>
      <p>
        You are signed in as {email}. This marketplace asks its staff for a code as well.
      </p>
      {factor?.secret !== undefined && (
        <>
          <p>Add this key to an authenticator app:</p>
          <p>
            <code class='secret'>{factor.secret}</code>
          </p>
          <p>
            <a href={factor.uri ?? '#'}>Open it in an app on this device</a>
          </p>
        </>
      )}
      {isAbsent && (
        <p>
          Auth offers no second factor here; the stack of <code>npm start</code> does not. Turn{' '}
          <code>staff_need_second_factor</code> off, or enable TOTP in Auth.
        </p>
      )}
      {factor !== undefined && (
        <form onSubmit={verify}>
          <label>
            Code of six digits
            <input
              name='code'
              inputMode='numeric'
              autocomplete='one-time-code'
              pattern='[0-9]{6}'
              required
              autofocus
            />
          </label>
          <button type='submit' class='main'>Verify</button>
        </form>
      )}
      <Refusal problem={problem} />
      <button type='button' onClick={signOut}>Sign out</button>
    </main>
  );
}
