import { ask } from '@staybase/client';
import { staybase, useQuery } from '../api.ts';
import { core, locale } from '../i18n/index.ts';
import { Dialog, ErrorBox, Loading, Select, Skeleton } from '../kit/index.ts';
import { changeCurrency, shownIn } from './shown.ts';

/** The currencies for which the operator has loaded rates. */
export default function CurrencyDialog({ onClose }: { onClose: () => void }) {
  const words = core().currency;
  const { answer, error } = useQuery(ask(staybase, 'offered_currencies'));
  const names = new Intl.DisplayNames(locale, { type: 'currency' });
  const shown = (answer ?? []).filter(({ shown }) => shown)
    .map(({ currency }) => [currency, `${names.of(currency)} (${currency})`] as const)
    .sort(([, one], [, other]) => one.localeCompare(other, locale));
  const hasOther = shownIn === '' || shown.some(([code]) => code === shownIn);
  return (
    <Dialog title={words.title} onClose={onClose}>
      <div class='stack'>
        <ErrorBox error={error} />
        {!answer && !error && (
          <Loading>
            <Skeleton height='96px' />
          </Loading>
        )}
        {answer && shown.length === 0 && <p>{words.none}</p>}
        {answer && (shown.length > 0 || shownIn !== '') && (
          <Select
            label={words.showIn}
            hint={words.hint}
            value={shownIn}
            options={[
              ['', words.own],
              ...shown,
              ...(hasOther ? [] : [[shownIn, shownIn] as const]),
            ]}
            onValue={changeCurrency}
          />
        )}
      </div>
    </Dialog>
  );
}
