import { useEffect, useState } from 'preact/hooks';
import { staybase } from './api.ts';

export interface Session {
  /** False until it is known whether somebody is signed in. */
  ready: boolean;
  user: { id: string; email: string; name: string } | null;
}

let session: Session = { ready: false, user: null };
const listeners = new Set<(session: Session) => void>();

staybase.auth.onAuthStateChange((_event, found) => {
  const user = found?.user;
  session = {
    ready: true,
    user: user
      ? {
        id: user.id,
        email: user.email ?? '',
        name: String(user.user_metadata['display_name'] ?? user.email ?? ''),
      }
      : null,
  };
  for (const listener of listeners) listener(session);
});

/** Who is signed in, as it is now and as it becomes. */
export function useSession(): Session {
  const [now, set] = useState(session);
  useEffect(() => {
    set(session);
    listeners.add(set);
    return () => void listeners.delete(set);
  }, []);
  return now;
}
