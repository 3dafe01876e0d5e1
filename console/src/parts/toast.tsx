import { useEffect, useState } from 'preact/hooks';

const said = new EventTarget();

/** Says at the foot of the page that something was done. */
export function announce(sentence: string): void {
  said.dispatchEvent(new CustomEvent('said', { detail: sentence }));
}

export function Announcements() {
  const [sentence, setSentence] = useState('');
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const hear = (event: Event) => {
      setSentence((event as CustomEvent<string>).detail);
      clearTimeout(timer);
      timer = setTimeout(() => setSentence(''), 6000);
    };
    said.addEventListener('said', hear);
    return () => said.removeEventListener('said', hear);
  }, []);
  return <p class='toast' role='status'>{sentence}</p>;
}
