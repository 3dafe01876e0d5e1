import { core } from '../i18n/index.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Select, Stepper } from '../kit/field.tsx';

export interface Who {
  /** Adults and children. */
  guests: number;
  /** One for each child; 0 is not said yet. */
  child_ages: number[];
  infants: number;
  pets: number;
}

const ages = Array.from({ length: 16 }, (_, index) => index + 2);

/** Adults, children with their ages, infants and pets, one below the other. */
export function WhoSteppers(
  { of, most = 50, onChange }: { of: Who; most?: number; onChange: (who: Who) => void },
) {
  const { who: words, kit } = core();
  const children = of.child_ages.length;
  const adults = of.guests - children;
  return (
    <div class='stack'>
      <Stepper
        label={words.adults}
        hint={words.adultsHint}
        value={adults}
        min={1}
        max={most - children}
        words={kit}
        onValue={(adults) => onChange({ ...of, guests: adults + children })}
      />
      <Stepper
        label={words.children}
        hint={words.childrenHint}
        value={children}
        max={most - adults}
        words={kit}
        onValue={(count) =>
          onChange({
            ...of,
            guests: adults + count,
            child_ages: Array.from({ length: count }, (_, index) => of.child_ages[index] ?? 0),
          })}
      />
      {children > 0 && (
        <div class='stack-small'>
          <div class='child-ages'>
            {of.child_ages.map((age, index) => (
              <Select
                key={index}
                label={words.ageOf(index + 1)}
                value={String(age)}
                options={[
                  ['0', words.choose],
                  ...ages.map((each) => [String(each), words.years(each)] as const),
                ]}
                onValue={(chosen) =>
                  onChange({
                    ...of,
                    child_ages: of.child_ages.map((each, place) =>
                      place === index ? Number(chosen) : each
                    ),
                  })}
              />
            ))}
          </div>
          <p class='soft small'>{words.agesHint}</p>
        </div>
      )}
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
        of={{
          guests: of.guests,
          child_ages: of.child_ages,
          infants: of.infants,
          pets: of.pets,
        }}
        {...(most ? { most } : {})}
        onChange={onChange}
      />
    </Dialog>
  );
}
