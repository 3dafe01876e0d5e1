import { call } from '@staybase/client';
import { useLocation } from 'preact-iso/router';
import { useState } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { cache, staybase } from '../../api.ts';
import { guest } from '../../i18n/index.ts';
import { Button, Dialog, ErrorBox, TextArea } from '../../kit/index.ts';
import { signInPath } from '../../page.ts';
import { useSession } from '../../session.ts';

/** A first message to a host, before anything is booked. */
export default function AskHost({ listing_id, name }: { listing_id: string; name: string }) {
  const words = guest().home;
  const { user } = useSession();
  const { route } = useLocation();
  const [isOpen, setOpen] = useState(false);
  const [body, setBody] = useState('');
  const send = useAction(async () => {
    const message = await call(staybase, 'start_conversation', {
      listing_id,
      message_id: crypto.randomUUID(),
      body,
    });
    cache.refresh('my_conversations');
    route(`/conversations/${message.conversation_id}`);
  });
  return (
    <div>
      <Button
        onClick={() =>
          user ? setOpen(true) : route(signInPath(location.pathname + location.search))}
      >
        {words.ask(name)}
      </Button>
      {isOpen && (
        <Dialog title={words.ask(name)} onClose={() => setOpen(false)}>
          <form
            class='stack'
            onSubmit={(event) => {
              event.preventDefault();
              void send();
            }}
          >
            <TextArea
              label={words.message}
              value={body}
              onValue={setBody}
              required
              maxlength={2000}
            />
            <ErrorBox error={send.error} />
            <Button kind='primary' type='submit' busy={send.busy}>{words.send}</Button>
          </form>
        </Dialog>
      )}
    </div>
  );
}
