import { call } from '@staybase/client';
import { useLocation } from 'preact-iso/router';
import { useRef, useState } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { cache, staybase } from '../../api.ts';
import { daysText } from '../../format.ts';
import { guest } from '../../i18n/index.ts';
import { Button, Dialog, ErrorBox, TextArea } from '../../kit/index.ts';
import { signInPath } from '../../page.ts';
import { whoText } from '../../search-box/search-box.tsx';
import { useSession } from '../../session.ts';
import { agesOf } from '../search/criteria.ts';
import type { StayWish } from './stay-params.ts';

/** A first message to a host, before anything is booked; with dates, an inquiry about them. */
export default function AskHost(
  { listing_id, name, wish }: { listing_id: string; name: string; wish: StayWish },
) {
  const words = guest().home;
  const { user } = useSession();
  const { route } = useLocation();
  const [isOpen, setOpen] = useState(false);
  const [body, setBody] = useState('');
  const inquiry_id = useRef(crypto.randomUUID());
  const send = useAction(async () => {
    const { conversation_id } = wish.check_in === ''
      ? await call(staybase, 'start_conversation', {
        listing_id,
        message_id: crypto.randomUUID(),
        body,
      })
      : await call(staybase, 'send_inquiry', {
        inquiry_id: inquiry_id.current,
        listing_id,
        ...wish,
        child_ages: agesOf(wish),
        message: body,
      });
    cache.refresh('my_conversations', 'inquiries', 'conversation_head');
    route(`/conversations/${conversation_id}`);
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
            {wish.check_in !== '' && (
              <p class='soft'>
                {guest().offer.aboutStay(
                  `${daysText(wish.check_in, wish.check_out)}, ${whoText(wish)}`,
                )}
              </p>
            )}
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
