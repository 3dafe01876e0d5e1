import { codeOf, photoUrl } from '@staybase/client';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { core, refusals } from '../i18n/index.ts';
import { staybase } from '../api.ts';
import { Button, LinkButton } from './button.tsx';
import { Icon, type IconName } from './icons.tsx';

/** A placeholder of the same size as what is loading, so that nothing shifts. */
export function Skeleton({ height, width = '100%' }: { height: string; width?: string }) {
  return <span class='skeleton' style={{ height, width }} aria-hidden='true' />;
}

/** Wraps skeletons, and tells screen readers that something is loading. */
export const Loading = ({ children }: { children: ComponentChildren }) => (
  <div aria-busy='true'>
    <span class='visually-hidden' role='status'>{core().kit.loading}</span>
    {children}
  </div>
);

export function EmptyState(
  { icon, title, text, action }: {
    icon: IconName;
    title: string;
    text?: string;
    action?: { href: string; text: string };
  },
) {
  return (
    <div class='empty'>
      <Icon name={icon} />
      <h2>{title}</h2>
      {text && <p>{text}</p>}
      {action && <LinkButton kind='primary' href={action.href}>{action.text}</LinkButton>}
    </div>
  );
}

/** The text of a refusal in the reader's language. */
export function useRefusal(error: unknown): string | undefined {
  const [isLoaded, setLoaded] = useState(false);
  useEffect(() => {
    if (error) void refusals.load().then(() => setLoaded(true));
  }, [error]);
  if (!error || !isLoaded) return undefined;
  const words = refusals();
  return words[codeOf(error)] ?? words['unknown_error'];
}

/** Shows a refusal, by its code. */
export function ErrorBox({ error, retry }: { error: unknown; retry?: () => void }) {
  const text = useRefusal(error);
  if (!error) return null;
  return (
    <div class='notice' data-kind='error' role='alert' data-code={codeOf(error)}>
      <p>{text ?? ' '}</p>
      {retry && <Button size='small' onClick={retry}>{core().kit.retry}</Button>}
    </div>
  );
}

export const Notice = (
  { kind = 'info', children }: { kind?: 'info' | 'warn'; children: ComponentChildren },
) => <div class='notice' data-kind={kind}>{children}</div>;

export const Badge = (
  { kind = 'plain', children }: {
    kind?: 'plain' | 'good' | 'warn' | 'bad';
    children: ComponentChildren;
  },
) => <span class='badge' data-kind={kind}>{children}</span>;

/** A person's picture, or their initial. Decorative: their name is next to it. */
export const Avatar = (
  { name, path, size = 'usual' }: {
    name: string;
    path?: string | null | undefined;
    size?: 'usual' | 'large' | 'huge';
  },
) => (
  <span class='avatar' data-size={size} aria-hidden='true'>
    {path
      ? (
        <img
          src={photoUrl(staybase, path, 'avatars')}
          alt=''
          width='112'
          height='112'
          loading='lazy'
        />
      )
      : [...name][0]?.toUpperCase()}
  </span>
);
