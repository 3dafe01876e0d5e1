import { core } from '../i18n/index.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Stepper } from '../kit/field.tsx';

export interface Who {
  guests: number;
  infants: number;
  pets: number;
}

/** Guests, infants and pets, one below the other. */
export function WhoSteppers(
  { of, most = 50, onChange }: { of: Who; most?: number; onChange: (who: Who) => void },
) {
  const { who: words, kit } = core();
  return (
    <div class='stack'>
      <Stepper
        label={words.guests}
        value={of.guests}
        min={1}
        max={most}
        words={kit}
        onValue={(guests) => onChange({ ...of, guests })}
      />
      <Stepper
        label={words.infants}
        hint={words.infantsHint}
        value={of.infants}
        words={kit}
        onValue={(infants) => onChange({ ...of, infants })}
      />
      <Stepper
        label={words.pets}
        value={of.pets}
        words={kit}
        onValue={(pets) => onChange({ ...of, pets })}
      />
    </div>
  );
}

export default function WhoDialog(
  { of, most, onChange, onClose }: {
    of: Who;
    most?: number;
    onChange: (who: Who) => void;
    onClose: () => void;
  },
) {
  const words = core();
  return (
    <Dialog
      title={words.who.label}
      onClose={onClose}
      footer={<Button kind='primary' onClick={onClose}>{words.when.done}</Button>}
    >
      <WhoSteppers
        of={{ guests: of.guests, infants: of.infants, pets: of.pets }}
        {...(most ? { most } : {})}
        onChange={onChange}
      />
    </Dialog>
  );
}
