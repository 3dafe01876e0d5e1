import { core } from '../i18n/index.ts';
import { EmptyState } from '../kit/index.ts';
import { usePage } from '../page.ts';

export default function NotFound() {
  const words = core().notFound;
  usePage(words.title);
  return (
    <div class='page'>
      <h1 class='visually-hidden'>{words.title}</h1>
      <EmptyState
        icon='map'
        title={words.title}
        text={words.text}
        action={{ href: '/', text: words.home }}
      />
    </div>
  );
}
