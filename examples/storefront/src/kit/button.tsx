import type { ComponentChildren } from 'preact';

interface Look {
  kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  size?: 'small' | 'usual';
  wide?: boolean;
  children: ComponentChildren;
}

const look = (kind: Look['kind'] = 'plain', size: Look['size'] = 'usual', wide = false) => ({
  class: 'button',
  'data-kind': kind,
  'data-size': size,
  'data-wide': wide || undefined,
});

/** A button. While busy it stays focusable, announces it, and does nothing. */
export function Button(
  { kind, size, wide, busy = false, disabled = false, type = 'button', onClick, children, ...rest }:
    & Look
    & {
      busy?: boolean;
      /** Not yet possible; stays focusable, so that readers of screens find it. */
      disabled?: boolean;
      type?: 'button' | 'submit';
      onClick?: (event: MouseEvent) => void;
      name?: string;
      'aria-label'?: string;
      'aria-expanded'?: boolean;
      'aria-pressed'?: boolean;
      'aria-controls'?: string;
      'aria-haspopup'?: 'dialog';
    },
) {
  return (
    <button
      {...look(kind, size, wide)}
      {...rest}
      type={type}
      aria-disabled={busy || disabled || undefined}
      aria-busy={busy || undefined}
      onClick={(event) => {
        if (busy || disabled) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {busy && <span class='spinner' aria-hidden='true' />}
      {children}
    </button>
  );
}

/** A link that looks like a button. */
export function LinkButton({ kind, size, wide, href, children }: Look & { href: string }) {
  return (
    <a {...look(kind, size, wide)} href={href}>
      {children}
    </a>
  );
}
