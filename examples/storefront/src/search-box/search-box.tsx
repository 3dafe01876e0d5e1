import { useLocation } from 'preact-iso/router';
import { useState } from 'preact/hooks';
import { daysText, monthText } from '../format.ts';
import { core } from '../i18n/index.ts';
import { Icon } from '../kit/icons.tsx';
import { later } from '../kit/later.tsx';
import { hasDays, type Search, searchPath } from '../pages/search/criteria.ts';
import { Where } from './where.tsx';
import './search-box.css';

const WhenDialog = later(() => import('./when-dialog.tsx'));
const WhoDialog = later(() => import('./who-dialog.tsx'));

export function whenText(search: Search): string {
  const words = core().when;
  if (search.month !== '') {
    return `${search.stay === 'week' ? words.week : words.weekend}, ${monthText(search.month)}`;
  }
  if (!hasDays(search)) return words.any;
  const days = daysText(search.check_in, search.check_out);
  return search.flex > 0 ? `${days} ± ${search.flex}` : days;
}

export function whoText(
  { guests, child_ages, infants, pets }: Pick<Search, 'guests' | 'infants' | 'pets'> & {
    child_ages?: number[];
  },
): string {
  const { counts } = core();
  return [
    counts.guests(guests) +
    (child_ages?.length ? ` (${counts.children(child_ages.length)})` : ''),
    infants > 0 && counts.infants(infants),
    pets > 0 && counts.pets(pets),
  ].filter(Boolean).join(', ');
}

/** Where, when and who. It changes the address, and whoever shows the search reads it there. */
export function SearchBox({ search, onDone }: { search: Search; onDone?: () => void }) {
  const words = core();
  const { route } = useLocation();
  const [draft, setDraft] = useState(search);
  const [open, setOpen] = useState<'when' | 'who' | null>(null);
  const close = () => setOpen(null);
  return (
    <form
      class='search-box'
      role='search'
      onSubmit={(event) => {
        event.preventDefault();
        route(searchPath({ ...draft, pages: 1 }));
        onDone?.();
      }}
    >
      <Where place={draft.place} onPlace={(place, box) => setDraft({ ...draft, place, box })} />
      <button
        class='search-part'
        type='button'
        aria-haspopup='dialog'
        onClick={() => setOpen('when')}
      >
        <span class='search-label'>{words.when.label}</span>
        <span>{whenText(draft)}</span>
      </button>
      <button
        class='search-part'
        type='button'
        aria-haspopup='dialog'
        onClick={() => setOpen('who')}
      >
        <span class='search-label'>{words.who.label}</span>
        <span>{whoText(draft)}</span>
      </button>
      <button class='button search-go' data-kind='primary' type='submit'>
        <Icon name='search' />
        {words.search.button}
      </button>
      {open === 'when' && <WhenDialog search={draft} onSearch={setDraft} onClose={close} />}
      {open === 'who' && (
        <WhoDialog
          of={draft}
          onChange={(who) => setDraft({ ...draft, ...who })}
          onClose={close}
        />
      )}
    </form>
  );
}
