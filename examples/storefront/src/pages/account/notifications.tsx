import { call, type Notification, notifications as notificationsQuery } from '@staybase/client';
import { useState } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { cache, staybase, useQuery } from '../../api.ts';
import { instantText } from '../../format.ts';
import { core, guest } from '../../i18n/index.ts';
import { Button, EmptyState, ErrorBox, Loading, Skeleton } from '../../kit/index.ts';
import { usePage } from '../../page.ts';
import { SignedIn } from '../auth/signed-in.tsx';
import './account.css';

export default function Notifications() {
  usePage(core().shell.notifications);
  return (
    <div class='page' data-narrow>
      <h1>{core().shell.notifications}</h1>
      <SignedIn>{() => <List />}</SignedIn>
    </div>
  );
}

/** The page a notification links to, if any. */
function pathOf(
  { template, booking_id, conversation_id, about, subject_id }: Notification,
): string | undefined {
  if (subject_id && (template === 'offer_received' || template === 'inquiry_preapproved')) {
    return `/offers/${subject_id}`;
  }
  if (booking_id) return `/bookings/${booking_id}`;
  if (conversation_id) return `/conversations/${conversation_id}`;
  if (about === 'invitation' || about === 'event') return '/host';
  return undefined;
}

function List() {
  const words = guest().notifications;
  const { answer, error, waits } = useQuery(notificationsQuery(staybase));
  const [older, setOlder] = useState<Notification[]>([]);
  const [isOver, setOver] = useState(false);
  const rows = [...answer ?? [], ...older];
  const unread = rows.filter(({ read_at }) => read_at === null);
  const read = useAction(async (rows: Notification[]) => {
    await call(staybase, 'mark_notifications_read', {
      notification_ids: rows.map(({ notification_id }) => notification_id),
    });
    setOlder(
      older.map((row) => rows.includes(row) ? { ...row, read_at: new Date().toISOString() } : row),
    );
    cache.refresh('notifications', 'notifications_unread');
  });
  const more = useAction(async () => {
    const found = await cache.load(notificationsQuery(staybase, rows.at(-1)));
    setOlder([...older, ...found]);
    setOver(found.length < 20);
  });
  const templates: Record<string, string> = words.templates;
  if (waits) {
    return (
      <Loading>
        <div class='stack'>
          <Skeleton height='72px' />
          <Skeleton height='72px' />
        </div>
      </Loading>
    );
  }
  return (
    <div class='stack'>
      <ErrorBox error={error ?? read.error ?? more.error} />
      {rows.length === 0 && !error && (
        <EmptyState icon='bell' title={words.none} text={words.noneText} />
      )}
      {unread.length > 0 && (
        <div>
          <Button size='small' busy={read.busy} onClick={() => void read(unread)}>
            {words.readAll}
          </Button>
        </div>
      )}
      <ul class='notifications'>
        {rows.map((row) => {
          const path = pathOf(row);
          const text = templates[row.template] ??
            words.kinds[row.kind as keyof typeof words.kinds] ?? row.template;
          return (
            <li key={row.notification_id} data-unread={row.read_at === null || undefined}>
              <span>
                {path
                  ? (
                    <a href={path} onClick={() => row.read_at === null && void read([row])}>
                      {text}
                    </a>
                  )
                  : text}
                {row.read_at === null && (
                  <span class='visually-hidden'>({core().shell.unread})</span>
                )}
              </span>
              <time class='soft small' dateTime={row.created_at}>
                {instantText(row.created_at)}
              </time>
            </li>
          );
        })}
      </ul>
      {(answer?.length ?? 0) === 20 && !isOver && (
        <div>
          <Button busy={more.busy} onClick={() => void more()}>{words.more}</Button>
        </div>
      )}
    </div>
  );
}
