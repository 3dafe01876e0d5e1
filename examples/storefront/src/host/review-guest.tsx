import { call } from '@staybase/client';
import { useId, useState } from 'preact/hooks';
import { useAction } from '../action.ts';
import { cache, staybase } from '../api.ts';
import { core } from '../i18n/index.ts';
import { Button, Dialog, ErrorBox, Icon, TextArea, toast } from '../kit/index.ts';
import { bookingChanged } from './answer.tsx';
import { host } from './words.ts';

const parts = ['stars', 'cleanliness', 'communication', 'house_rules'] as const;

/** A review of a guest; hidden from them until both have written one. */
export function ReviewGuest(
  { booking_id, name, onClose }: { booking_id: string; name: string; onClose: () => void },
) {
  const words = host().reviews;
  const [given, setGiven] = useState<Partial<Record<(typeof parts)[number], number>>>({});
  const [body, setBody] = useState('');
  const [isShort, setShort] = useState(false);
  const send = useAction(async () => {
    const { stars = 0, cleanliness = 0, communication = 0, house_rules = 0 } = given;
    await call(staybase, 'review_guest', {
      booking_id,
      stars,
      cleanliness,
      communication,
      house_rules,
      ...(body.trim() === '' ? {} : { body: body.trim() }),
    });
    onClose();
    toast(words.sent);
    cache.refresh('reviews');
    bookingChanged();
  });
  const isWhole = parts.every((part) => given[part]);
  return (
    <Dialog
      title={words.write(name)}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{host().booking.back}</Button>
          <Button
            kind='primary'
            busy={send.busy}
            onClick={() => isWhole ? void send() : setShort(true)}
          >
            {words.send}
          </Button>
        </>
      }
    >
      <div class='stack'>
        <p class='soft'>{words.blind}</p>
        {parts.map((part) => (
          <Stars
            key={part}
            legend={words.parts[part]}
            value={given[part] ?? 0}
            onValue={(value) => setGiven({ ...given, [part]: value })}
          />
        ))}
        {isShort && !isWhole && <p class='problem' role='alert'>{words.allStars}</p>}
        <TextArea
          label={words.body(name)}
          value={body}
          onValue={setBody}
          maxlength={5000}
        />
        <ErrorBox error={send.error} />
      </div>
    </Dialog>
  );
}

function Stars(
  { legend, value, onValue }: { legend: string; value: number; onValue: (value: number) => void },
) {
  const name = useId();
  return (
    <fieldset class='star-field'>
      <legend class='legend'>{legend}</legend>
      <div class='star-choice'>
        {[1, 2, 3, 4, 5].map((each) => (
          <label key={each} data-on={each <= value || undefined}>
            <input
              class='visually-hidden'
              type='radio'
              name={name}
              value={each}
              checked={each === value}
              onChange={() => onValue(each)}
            />
            <span class='visually-hidden'>{core().kit.stars(String(each))}</span>
            <Icon name='star' filled={each <= value} />
          </label>
        ))}
      </div>
    </fieldset>
  );
}
