import type { ComponentChildren } from 'preact';
import { useLocation } from 'preact-iso/router';
import { core, guest } from '../../i18n/index.ts';
import { EmptyState, Loading, Skeleton } from '../../kit/index.ts';
import { signInPath } from '../../page.ts';
import { type Session, useSession } from '../../session.ts';

/** A page that needs a session; others are sent to sign in, and back. */
export function SignedIn(
  { children }: { children: (user: NonNullable<Session['user']>) => ComponentChildren },
) {
  const { user, ready } = useSession();
  const { url } = useLocation();
  if (!ready) {
    return (
      <Loading>
        <Skeleton height='320px' />
      </Loading>
    );
  }
  if (user) return <>{children(user)}</>;
  return (
    <EmptyState
      icon='person'
      title={guest().auth.needed}
      text={guest().auth.neededText}
      action={{ href: signInPath(url), text: core().shell.signIn }}
    />
  );
}
