import {
  call,
  conversation as conversationQuery,
  type Message,
  must,
  query,
} from '@staybase/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { cache, staybase, useQuery } from '../../api.ts';
import { instantText } from '../../format.ts';
import { core, guest } from '../../i18n/index.ts';
import { Button, ErrorBox, Icon, Loading, Notice, Skeleton, TextArea } from '../../kit/index.ts';
import { listen } from '../../live.ts';
import { Block } from '../../safety/block.tsx';
import { useBlocked } from '../../safety/blocks.ts';
import { Report } from '../../safety/report.tsx';
import { Asked } from './asked.tsx';

/** Who talks about what, with the newest question about dates and what the host offered. */
const headQuery = (conversation_id: string) =>
  query('conversation_head', { conversation_id }, (signal) =>
    must(
      staybase.from('conversations').select(`*,
          listings(title, host:profiles!listings_host_id_fkey(profile_id, display_name)),
          guest:profiles!conversations_guest_id_fkey(profile_id, display_name),
          inquiries(*, offers(*))`)
        .eq('conversation_id', conversation_id)
        .order('created_at', { referencedTable: 'inquiries', ascending: false })
        .limit(1, { referencedTable: 'inquiries' })
        .abortSignal(signal).single(),
    ));

/** A conversation; new messages appear automatically and are marked as read. */
export function Conversation(
  { conversation_id, profile_id }: { conversation_id: string; profile_id: string },
) {
  const words = guest().inbox;
  const { answer: head } = useQuery(headQuery(conversation_id));
  const { answer: newest, error, waits } = useQuery(conversationQuery(staybase, conversation_id));
  const [older, setOlder] = useState<Message[]>([]);
  const [body, setBody] = useState('');
  const end = useRef<HTMLDivElement>(null);
  // Chosen once per message, so that sending it again does not send it twice.
  const message_id = useRef(crypto.randomUUID());

  useEffect(
    () => listen(`conversation:${conversation_id}`, () => cache.refresh('conversation'), 4_000),
    [conversation_id],
  );
  const last = newest?.[0]?.position ?? 0;
  const seen = useRef(0);
  useEffect(() => {
    if (last === 0) return;
    // A new message may be a question about dates, or the answer to one.
    if (seen.current > 0) cache.refresh('conversation_head');
    seen.current = last;
    end.current?.scrollIntoView({ block: 'nearest' });
    void call(staybase, 'mark_read', { conversation_id, read_position: last }).then(
      () => cache.refresh('unread_messages', 'my_conversations'),
      () => {},
    );
  }, [last]);

  const send = useAction(async () => {
    await call(staybase, 'send_message', { conversation_id, message_id: message_id.current, body });
    message_id.current = crypto.randomUUID();
    setBody('');
    cache.refresh('conversation', 'my_conversations');
  });
  const more = useAction(async () => {
    const first = older.at(-1)?.position ?? newest?.at(-1)?.position ?? 1;
    const found = await cache.load(conversationQuery(staybase, conversation_id, first));
    setOlder((before) => [...before, ...found]);
  });
  const other = head && (head.guest_id === profile_id ? head.listings?.host : head.guest);
  const isBlocked = useBlocked(other?.profile_id);
  const messages = [...newest ?? [], ...older].reverse();
  const isFirst = (messages[0]?.position ?? 1) <= 1;
  const statuses: Record<string, string> = guest().statuses;
  return (
    <section class='conversation' aria-labelledby='conversation'>
      <div>
        <header>
          <a class='icon-button inbox-back' href='/conversations' aria-label={words.back}>
            <Icon name='back' />
          </a>
          <div>
            <h2 id='conversation'>{head?.listings?.title ?? core().shell.messages}</h2>
            <p class='row small'>
              {other && (
                <a class='link' href={`/people/${other.profile_id}`}>
                  {guest().person.see(other.display_name)}
                </a>
              )}
              {head && head.guest_id === profile_id && (
                <a class='link' href={`/homes/${head.listing_id}`}>{words.toHome}</a>
              )}
              {other && <Block profile_id={other.profile_id} name={other.display_name} />}
            </p>
          </div>
        </header>
        {head?.inquiries[0] && <Asked asked={head.inquiries[0]} profile_id={profile_id} />}
      </div>
      <div class='messages' role='log' aria-label={words.messages} tabIndex={0}>
        <ErrorBox error={error ?? more.error} />
        {waits && (
          <Loading>
            <Skeleton height='240px' />
          </Loading>
        )}
        {!isFirst && (
          <Button size='small' busy={more.busy} onClick={() => void more()}>{words.older}</Button>
        )}
        {messages.map((message) => (
          message.kind === 'event'
            ? (
              <p class='message-event' key={message.message_id}>
                {message.booking_id
                  ? <a href={`/bookings/${message.booking_id}`}>{statuses[message.event ?? '']}</a>
                  : statuses[message.event ?? '']}
                {' · '}
                {instantText(message.sent_at)}
              </p>
            )
            : (
              <div
                class='message'
                key={message.message_id}
                data-own={message.sender_id === profile_id || undefined}
              >
                <p class='prose'>
                  {message.removed_at ? <em>{words.removed}</em> : message.body}
                </p>
                <p class='small message-when'>
                  <span class='visually-hidden'>
                    {message.sender_id === profile_id ? words.you : words.they},{' '}
                  </span>
                  {instantText(message.sent_at)}
                  {message.masked && ` · ${words.masked}`}
                </p>
                {message.sender_id !== profile_id && !message.removed_at && (
                  <Report
                    subject='message'
                    subject_id={message.message_id}
                    label={guest().safety.reportMessage}
                  />
                )}
              </div>
            )
        ))}
        <div ref={end} />
      </div>
      {isBlocked && other ? <Notice>{guest().safety.blocked(other.display_name)}</Notice> : (
        <form
          class='message-form'
          onSubmit={(event) => {
            event.preventDefault();
            if (body.trim() !== '') void send();
          }}
        >
          <TextArea label={words.write} value={body} onValue={setBody} rows={2} maxlength={2000} />
          <ErrorBox error={send.error} />
          <Button kind='primary' type='submit' busy={send.busy}>{guest().home.send}</Button>
        </form>
      )}
    </section>
  );
}
