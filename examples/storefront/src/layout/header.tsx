import { must, query, unreadNotifications } from '@staybase/client';
import { useLocation } from 'preact-iso/router';
import { useEffect, useRef, useState } from 'preact/hooks';
import { cache, staybase, useQuery } from '../api.ts';
import { core } from '../i18n/index.ts';
import { Icon, type IconName } from '../kit/icons.tsx';
import { listen } from '../live.ts';
import { siteName } from '../name.ts';
import { useSession } from '../session.ts';

const unreadMessages = (profile_id: string) =>
  query('unread_messages', { profile_id }, async (signal) => {
    const rows = await must(
      staybase.from('inbox_entries').select('unread').gt('unread', 0)
        .eq('profile_id', profile_id).abortSignal(signal),
    );
    return rows.reduce((sum, { unread }) => sum + unread, 0);
  });

/** The number of unread messages and notifications. */
function useUnread(): { messages: number; notifications: number } {
  const { user } = useSession();
  return {
    messages: useQuery(user && unreadMessages(user.id)).answer ?? 0,
    notifications: useQuery(user && unreadNotifications(staybase)).answer ?? 0,
  };
}

const Count = ({ of: count }: { of: number }) =>
  count === 0 ? null : (
    <span class='count'>
      {count}
      <span class='visually-hidden'>{core().shell.unread}</span>
    </span>
  );

export function Header() {
  const { user, ready } = useSession();
  useEffect(() => {
    if (!user) return;
    return listen(
      `person:${user.id}`,
      () =>
        cache.refresh(
          'unread_messages',
          'notifications_unread',
          'notifications',
          'my_conversations',
        ),
      20_000,
    );
  }, [user?.id]);
  const { path } = useLocation();
  const words = core().shell;
  const unread = useUnread();
  const current = (of: string) =>
    path === of || path.startsWith(`${of}/`) ? 'page' as const : undefined;
  return (
    <header class='site-header' data-full={path === '/search' || undefined}>
      <div class='inner'>
        <a class='brand' href='/' aria-label={words.toHome(siteName)}>
          <svg viewBox='0 0 32 32' aria-hidden='true'>
            <rect width='32' height='32' rx='9' fill='currentColor' />
            <path
              d='M7 16.5 16 8l9 8.5V24a1.5 1.5 0 0 1-1.5 1.5H19V20a3 3 0 0 0-6 0v5.5H8.5A1.5 1.5 0 0 1 7 24z'
              fill='var(--canvas)'
            />
          </svg>
          <span>{siteName}</span>
        </a>
        <nav class='site-nav' aria-label={words.mainNavigation}>
          {user && (
            <>
              <a href='/wishlists' aria-current={current('/wishlists')}>{words.wishlists}</a>
              <a href='/bookings' aria-current={current('/bookings')}>{words.trips}</a>
              <a href='/conversations' aria-current={current('/conversations')}>
                {words.messages}
                <Count of={unread.messages} />
              </a>
            </>
          )}
          {ready && !user && <a href='/host' aria-current={current('/host')}>{words.becomeHost}</a>}
          {ready && !user && (
            <a href={signInHref(path)} data-always aria-current={current('/sign-in')}>
              {words.signIn}
            </a>
          )}
          {user && <Menu name={user.name} unread={unread.notifications} />}
        </nav>
      </div>
    </header>
  );
}

const signInHref = (path: string) =>
  path === '/sign-in' || path === '/'
    ? '/sign-in'
    : `/sign-in?back=${encodeURIComponent(path + location.search)}`;

function Menu({ name, unread }: { name: string; unread: number }) {
  const words = core().shell;
  const { path } = useLocation();
  const [isOpen, setOpen] = useState(false);
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => setOpen(false), [path]);
  useEffect(() => {
    if (!isOpen) return;
    const away = (event: Event) => {
      if (event instanceof KeyboardEvent && event.key !== 'Escape') return;
      if (event instanceof KeyboardEvent) ref.current?.querySelector('button')?.focus();
      else if (ref.current?.contains(event.target as Node)) return;
      setOpen(false);
    };
    addEventListener('keydown', away);
    addEventListener('pointerdown', away);
    return () => {
      removeEventListener('keydown', away);
      removeEventListener('pointerdown', away);
    };
  }, [isOpen]);
  return (
    <div class='menu' ref={ref}>
      <button
        type='button'
        aria-expanded={isOpen}
        aria-controls='account-menu'
        aria-label={words.account(name)}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name='menu' />
        <span class='avatar' aria-hidden='true'>{[...name][0]?.toUpperCase()}</span>
      </button>
      <div class='menu-list' id='account-menu' hidden={!isOpen}>
        <a href='/notifications'>
          {words.notifications}
          <Count of={unread} />
        </a>
        <a href='/bookings'>{words.trips}</a>
        <a href='/wishlists'>{words.wishlists}</a>
        <hr />
        <a href='/host'>{words.hosting}</a>
        <a href='/profile'>{words.profile}</a>
        <hr />
        <button type='button' onClick={() => void staybase.auth.signOut({ scope: 'local' })}>
          {words.signOut}
        </button>
      </div>
    </div>
  );
}

/** The same links at the bottom of narrow screens. */
export function TabBar() {
  const { user } = useSession();
  const { path } = useLocation();
  const words = core().shell;
  const unread = useUnread();
  const tabs: [string, IconName, string, number?][] = [
    ['/search', 'search', words.search],
    ['/wishlists', 'heart', words.wishlists],
    ['/bookings', 'trips', words.trips],
    ['/conversations', 'message', words.messages, unread.messages],
    user
      ? ['/profile', 'person', words.profile, unread.notifications]
      : ['/sign-in', 'person', words.signInTab],
  ];
  return (
    <nav class='tab-bar' aria-label={words.tabs}>
      {tabs.map(([href, icon, text, count = 0]) => (
        <a
          key={href}
          href={href}
          aria-current={path === href || path.startsWith(`${href}/`) ? 'page' : undefined}
        >
          <Icon name={icon} />
          {text}
          <Count of={count} />
        </a>
      ))}
    </nav>
  );
}
