import { inbox as inboxQuery } from '@staybase/client';
import { useRoute } from 'preact-iso/router';
import { useEffect, useState } from 'preact/hooks';
import { staybase, useQuery } from '../../api.ts';
import { shortInstant } from '../../format.ts';
import { core, guest } from '../../i18n/index.ts';
import { Avatar, EmptyState, ErrorBox, Loading, Skeleton } from '../../kit/index.ts';
import { usePage } from '../../page.ts';
import { SignedIn } from '../auth/signed-in.tsx';
import { Conversation } from './conversation.tsx';
import './inbox.css';

export default function Inbox() {
  const chosen = useRoute().params['id'];
  // The list tells at once which one was chosen; the conversation takes longer to draw, and follows in the next frame.
  const [id, setId] = useState(chosen);
  useEffect(() => setId(chosen), [chosen]);
  usePage(core().shell.messages);
  return (
    <div class='page inbox-page' data-open={id ? '' : undefined}>
      <h1>{core().shell.messages}</h1>
      <SignedIn>
        {(user) => (
          <div class='inbox'>
            <List open={chosen} />
            {id
              ? <Conversation key={id} conversation_id={id} profile_id={user.id} />
              : <p class='inbox-none soft'>{guest().inbox.choose}</p>}
          </div>
        )}
      </SignedIn>
    </div>
  );
}

function List({ open }: { open: string | undefined }) {
  const words = guest().inbox;
  const { answer, error, waits } = useQuery(inboxQuery(staybase));
  const statuses: Record<string, string> = guest().statuses;
  return (
    <nav class='inbox-list' aria-label={words.conversations}>
      <ErrorBox error={error} />
      {waits && (
        <Loading>
          <div class='stack'>
            <Skeleton height='72px' />
            <Skeleton height='72px' />
          </div>
        </Loading>
      )}
      {answer?.length === 0 && (
        <EmptyState icon='message' title={words.none} text={words.noneText} />
      )}
      <ul>
        {(answer ?? []).map((card) => (
          <li key={card.conversation_id}>
            <a
              href={`/conversations/${card.conversation_id}`}
              aria-current={card.conversation_id === open ? 'page' : undefined}
              data-unread={card.unread > 0 || undefined}
            >
              <Avatar name={card.with_name} />
              <span class='inbox-text'>
                <span class='between'>
                  <span class='strong'>{card.with_name}</span>
                  <time class='soft small' dateTime={card.last_message_at}>
                    {shortInstant(card.last_message_at)}
                  </time>
                </span>
                <span class='soft small'>{card.listing_title}</span>
                <span class='inbox-last small'>
                  {card.last_event ? statuses[card.last_event] : card.last_message}
                </span>
              </span>
              {card.unread > 0 && (
                <span class='count'>
                  {card.unread}
                  <span class='visually-hidden'>{core().shell.unread}</span>
                </span>
              )}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
