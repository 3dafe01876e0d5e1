import { useState } from 'preact/hooks';
import { core } from '../i18n/index.ts';
import { Button } from '../kit/button.tsx';
import type { Days } from '../kit/calendar.tsx';
import { Dialog } from '../kit/dialog.tsx';
import HomeDays from './home-days.tsx';

/** The days of a home in a dialog: chosen when both are, or when it is left with none. */
export default function DaysDialog(
  { listing_id, days, own, onDays, onClose }: {
    listing_id: string;
    days: Days;
    /** Nights that are taken by the stay itself, when it is altered. */
    own?: Days;
    onDays: (days: Days) => void;
    onClose: () => void;
  },
) {
  const words = core();
  const [draft, setDraft] = useState(days);
  return (
    <Dialog
      title={words.when.choose}
      wide
      onClose={onClose}
      footer={
        <>
          <Button kind='quiet' onClick={() => setDraft({ check_in: '', check_out: '' })}>
            {words.when.clear}
          </Button>
          <Button
            kind='primary'
            onClick={() => {
              if (draft.check_out !== '' || draft.check_in === '') onDays(draft);
              onClose();
            }}
          >
            {words.when.done}
          </Button>
        </>
      }
    >
      <HomeDays
        listing_id={listing_id}
        days={draft}
        own={own}
        onDays={(chosen) => {
          setDraft(chosen);
          if (chosen.check_out !== '') onDays(chosen);
        }}
      />
    </Dialog>
  );
}
