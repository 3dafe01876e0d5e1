import { useEffect, useState } from 'preact/hooks';

type Toast = { id: number; text: string };
let show: (text: string) => void = () => {};

/** A short confirmation, visible and announced to screen readers. */
export const toast = (text: string): void => show(text);

export function Toasts() {
  const [toasts, set] = useState<Toast[]>([]);
  useEffect(() => {
    let next = 0;
    show = (text) => {
      const id = next++;
      set((before) => [...before, { id, text }]);
      setTimeout(() => set((before) => before.filter((each) => each.id !== id)), 5_000);
    };
  }, []);
  return (
    <div class='toasts' role='status' aria-live='polite'>
      {toasts.map(({ id, text }) => <div class='toast' key={id}>{text}</div>)}
    </div>
  );
}
