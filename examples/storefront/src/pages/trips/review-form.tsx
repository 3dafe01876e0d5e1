import { call } from '@staybase/client';
import { useState } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { staybase } from '../../api.ts';
import { core, guest } from '../../i18n/index.ts';
import { Button, ErrorBox, Icon, TextArea, toast } from '../../kit/index.ts';
import { refreshTrip } from './refresh.ts';

const categories = [
  'cleanliness',
  'accuracy',
  'check_in',
  'communication',
  'location',
  'value',
] as const;

/** Five stars as a group of radio buttons. */
function Stars(
  { label, value, onValue }: { label: string; value: number; onValue: (value: number) => void },
) {
  return (
    <div class='stars-choice' role='radiogroup' aria-label={label}>
      {label}
      <span
        onKeyDown={(event) => {
          const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
          if (step === undefined) return;
          event.preventDefault();
          const next = Math.min(5, Math.max(1, value + step));
          onValue(next);
          event.currentTarget.querySelectorAll('button')[next - 1]?.focus();
        }}
      >
        {[1, 2, 3, 4, 5].map((star) => (
          <button
            key={star}
            type='button'
            role='radio'
            aria-checked={value === star}
            aria-label={core().kit.stars(String(star))}
            data-on={star <= value || undefined}
            tabIndex={star === (value || 1) ? 0 : -1}
            onClick={() => onValue(star)}
          >
            <Icon name='star' filled={star <= value} />
          </button>
        ))}
      </span>
    </div>
  );
}

export default function ReviewForm({ booking_id, title }: { booking_id: string; title: string }) {
  const words = guest().review;
  const [stars, setStars] = useState(0);
  const [scores, setScores] = useState<Partial<Record<(typeof categories)[number], number>>>({});
  const [body, setBody] = useState('');
  const send = useAction(async () => {
    const all = Object.fromEntries(
      categories.map((each) => [each, scores[each] ?? stars]),
    ) as Record<
      (typeof categories)[number],
      number
    >;
    await call(staybase, 'review_stay', { booking_id, stars, ...all, body });
    refreshTrip();
    toast(words.thanks);
  });
  return (
    <section class='panel' aria-labelledby='review'>
      <form
        class='stack'
        onSubmit={(event) => {
          event.preventDefault();
          if (stars > 0) void send();
        }}
      >
        <h2 id='review'>{words.title(title)}</h2>
        <p class='soft small'>{words.blind}</p>
        <Stars label={words.overall} value={stars} onValue={setStars} />
        {stars > 0 && categories.map((category) => (
          <Stars
            key={category}
            label={guest().home.categories[category]}
            value={scores[category] ?? stars}
            onValue={(value) => setScores({ ...scores, [category]: value })}
          />
        ))}
        <TextArea label={words.body} value={body} onValue={setBody} maxlength={5000} />
        <ErrorBox error={send.error} />
        <Button kind='primary' type='submit' busy={send.busy} disabled={stars === 0}>
          {words.send}
        </Button>
      </form>
    </section>
  );
}
