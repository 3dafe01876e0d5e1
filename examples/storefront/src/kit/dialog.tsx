import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { core } from '../i18n/index.ts';
import { Icon } from './icons.tsx';

/**
 * A modal <dialog>: the browser traps the focus, restores it, and closes the dialog on Escape. It is in the
 * page only while open.
 */
export function Dialog(
  { title, onClose, wide = false, footer, children }: {
    title: string;
    onClose: () => void;
    wide?: boolean;
    footer?: ComponentChildren;
    children: ComponentChildren;
  },
) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      class='dialog'
      ref={ref}
      data-wide={wide || undefined}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === ref.current && onClose()}
    >
      <div class='dialog-head'>
        <h2 id={id}>{title}</h2>
        <button class='icon-button' type='button' aria-label={core().kit.close} onClick={onClose}>
          <Icon name='close' />
        </button>
      </div>
      <div class='dialog-body'>{children}</div>
      {footer && <footer>{footer}</footer>}
    </dialog>
  );
}
