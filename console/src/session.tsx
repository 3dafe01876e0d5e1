import type { Session } from '@supabase/supabase-js';
import { type ComponentChildren, createContext } from 'preact';
import { useCallback, useContext, useEffect, useState } from 'preact/hooks';
import { call, type Problem, problemOf, supabase } from './backend.ts';

/** Who is signed in. Whether they are staff is decided by the API's answer to a staff verb. */
export type Standing =
  | { state: 'asking' }
  | { state: 'nobody' }
  | { state: 'staff'; id: string; email: string }
  | { state: 'second_factor'; email: string }
  | { state: 'refused'; email: string; problem: Problem };

interface Here {
  standing: Standing;
  /** Asks the API again, after a second factor or a failure. */
  ask(): void;
  signOut(): void;
}

const Session = createContext<Here | undefined>(undefined);

export function useHere(): Here {
  const here = useContext(Session);
  if (here === undefined) throw new Error('useHere needs a Session around it.');
  return here;
}

async function standingOf(session: Session | null): Promise<Standing> {
  if (session === null) return { state: 'nobody' };
  const email = session.user.email ?? session.user.id;
  try {
    await call('staff_reports', { page_size: 1 });
    return { state: 'staff', id: session.user.id, email };
  } catch (error) {
    const problem = problemOf(error);
    if (problem.code === 'second_factor_required') {
      return { state: 'second_factor', email };
    }
    if (problem.code === 'sign_in_required') return { state: 'nobody' };
    return { state: 'refused', email, problem };
  }
}

export function WithSession({ children }: { children: ComponentChildren }) {
  const [standing, setStanding] = useState<Standing>({ state: 'asking' });
  const ask = useCallback(async () => {
    const { data } = await supabase.auth.getSession();
    setStanding(await standingOf(data.session));
  }, []);
  useEffect(() => {
    // Undefined until Auth has answered.
    let person: string | null | undefined;
    const { data } = supabase.auth.onAuthStateChange((_event, session) => {
      const now = session?.user.id ?? null;
      if (now === person) return;
      person = now;
      // Not inside the callback: it holds the lock that the next call waits for.
      setTimeout(ask);
    });
    return () => data.subscription.unsubscribe();
  }, []);
  const signOut = useCallback(() => {
    supabase.auth.signOut({ scope: 'local' });
  }, []);
  return (
    <Session.Provider value={{ standing, ask, signOut }}>
      {children}
    </Session.Provider>
  );
}
