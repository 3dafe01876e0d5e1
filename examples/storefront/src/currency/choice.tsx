import { useState } from 'preact/hooks';
import { core } from '../i18n/index.ts';
import { Button } from '../kit/button.tsx';
import { later } from '../kit/later.tsx';
import { shownIn } from './shown.ts';

const CurrencyDialog = later(() => import('./currency-dialog.tsx'));

/** Opens the choice of the currency in which prices are shown too. */
export function CurrencyChoice() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        size='small'
        aria-haspopup='dialog'
        onClick={() => setOpen(true)}
      >
        {shownIn === '' ? core().currency.title : core().currency.chosen(shownIn)}
      </Button>
      {isOpen && <CurrencyDialog onClose={() => setOpen(false)} />}
    </>
  );
}
