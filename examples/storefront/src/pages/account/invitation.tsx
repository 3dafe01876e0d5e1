import { ask, call } from '@staybase/client';
import { useLocation, useRoute } from 'preact-iso/router';
import { useAction } from '../../action.ts';
import { staybase, useQuery } from '../../api.ts';
import { guest } from '../../i18n/index.ts';
import { Button, ErrorBox } from '../../kit/index.ts';
import { usePage } from '../../page.ts';
import { SignedIn } from '../auth/signed-in.tsx';

/** The page that co-host invitations link to; the code is in the URL's fragment. */
export default function Invitation() {
  const words = guest().invitation;
  usePage(words.title);
  return (
    <div class='page' data-form>
      <h1>{words.title}</h1>
      <SignedIn>{() => <Answer />}</SignedIn>
    </div>
  );
}

function Answer() {
  const words = guest().invitation;
  const { params } = useRoute();
  const { route } = useLocation();
  const invitation_id = params['id']!;
  const code = location.hash.slice(1);
  const { answer } = useQuery(ask(staybase, 'my_cohost_invitations'));
  const card = answer?.find((each) => each.invitation_id === invitation_id);
  const act = useAction(async (accepts: boolean) => {
    if (accepts) {
      await call(staybase, 'accept_cohost_invitation', {
        invitation_id,
        ...(code !== '' && { code }),
      });
    } else await call(staybase, 'decline_cohost_invitation', { invitation_id });
    route('/host');
  });
  return (
    <div class='stack'>
      <p>{card ? words.about(card.title) : words.text}</p>
      <ErrorBox error={act.error} />
      <div class='row'>
        <Button kind='primary' busy={act.busy} onClick={() => void act(true)}>
          {words.accept}
        </Button>
        <Button busy={act.busy} onClick={() => void act(false)}>{words.decline}</Button>
      </div>
    </div>
  );
}
