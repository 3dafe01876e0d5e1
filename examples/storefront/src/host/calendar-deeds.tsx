import { type ArgumentsOf, call } from '@staybase/client';
import { useState } from 'preact/hooks';
import { useAction } from '../action.ts';
import { cache, staybase } from '../api.ts';
import { addDays, daysText, nightsBetween, weekdays } from '../format.ts';
import { Button, Dialog, ErrorBox, Field, Icon, Notice, Select, toast } from '../kit/index.ts';
import type { HomeCalendar } from './calendar-days.ts';
import { amountOf, MoneyField, Weekdays } from './parts.tsx';
import { host } from './words.ts';

/** The selected homes and nights; `last` is the last night. */
export interface Chosen {
  homes: HomeCalendar[];
  first: string;
  last: string;
}

const rangeOf = ({ homes, first, last }: Chosen) => ({
  listing_ids: homes.map(({ listing_id }) => listing_id),
  ranges: [{ starts_on: first, ends_on: addDays(last, 1) }],
});

const changedIn = (changes: { changed_days: number }[]) =>
  changes.reduce((sum, { changed_days }) => sum + changed_days, 0);

/** Actions for the selected nights, overlaid at the bottom of the screen so that nothing shifts. */
export function CalendarDeeds({ chosen, onDone }: { chosen: Chosen; onDone: () => void }) {
  const words = host().calendar;
  const [open, setOpen] = useState<'block' | 'edit' | null>(null);
  const done = (text: string) => {
    setOpen(null);
    onDone();
    toast(text);
    cache.refresh('host_calendars', 'own_prices');
  };
  const unblock = useAction(async () =>
    done(words.unblocked(changedIn(
      await call(staybase, 'unblock_calendars', rangeOf(chosen)),
    )))
  );
  const { homes, first, last } = chosen;
  return (
    <section class='grid-deeds' aria-label={words.selected(homes.length, 1)}>
      <div class='inner'>
        <p role='status' class='grow'>
          <span class='strong'>
            {words.selected(homes.length, nightsBetween(first, addDays(last, 1)))}
          </span>
          <br />
          <span class='soft small'>{daysText(first, last)}</span>
        </p>
        <Button size='small' aria-haspopup='dialog' onClick={() => setOpen('block')}>
          {words.block}
        </Button>
        <Button size='small' busy={unblock.busy} onClick={() => void unblock()}>
          {words.unblock}
        </Button>
        <Button
          size='small'
          kind='primary'
          aria-haspopup='dialog'
          onClick={() => setOpen('edit')}
        >
          {words.edit}
        </Button>
        <button class='icon-button' type='button' aria-label={words.clear} onClick={onDone}>
          <Icon name='close' />
        </button>
      </div>
      <ErrorBox error={unblock.error} />
      {open === 'block' && <Block chosen={chosen} onClose={() => setOpen(null)} onDone={done} />}
      {open === 'edit' && <Edit chosen={chosen} onClose={() => setOpen(null)} onDone={done} />}
    </section>
  );
}

interface Deed {
  chosen: Chosen;
  onClose: () => void;
  onDone: (text: string) => void;
}

function Block({ chosen, onClose, onDone }: Deed) {
  const words = host().calendar;
  const [note, setNote] = useState('');
  const block = useAction(async () => {
    const changes = await call(staybase, 'block_calendars', {
      ...rangeOf(chosen),
      ...(note.trim() === '' ? {} : { note: note.trim() }),
    });
    onDone(words.blocked(changedIn(changes)));
  });
  return (
    <Dialog
      title={words.blockTitle}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{host().booking.back}</Button>
          <Button kind='primary' busy={block.busy} onClick={() => void block()}>
            {words.block}
          </Button>
        </>
      }
    >
      <div class='stack'>
        <p>
          {daysText(chosen.first, chosen.last)}
          <br />
          <span class='soft'>{chosen.homes.map(({ title }) => title).join(', ')}</span>
        </p>
        <Field label={words.note} value={note} onValue={setNote} maxlength={500} />
        <ErrorBox error={block.error} />
      </div>
    </Dialog>
  );
}

type Closing = '' | 'open' | 'closed';

function Edit({ chosen, onClose, onDone }: Deed) {
  const words = host().calendar;
  const currencies = new Set(chosen.homes.map(({ currency }) => currency));
  const [currency = 'EUR'] = currencies;
  const [price, setPrice] = useState('');
  const [minimum, setMinimum] = useState('');
  const [days, setDays] = useState([1, 2, 3, 4, 5, 6, 7]);
  const [arrival, setArrival] = useState<Closing>('');
  const [departure, setDeparture] = useState<Closing>('');
  const price_minor = amountOf(price, currency);
  const set = useAction(async (change: Partial<ArgumentsOf<'set_calendars'>>) => {
    const changes = await call(staybase, 'set_calendars', {
      ...rangeOf(chosen),
      ...(days.length < 7 ? { weekdays: days } : {}),
      ...change,
    });
    onDone(words.changed(changedIn(changes)));
  });
  const save = () =>
    price_minor !== undefined && void set({
      ...(price_minor === null ? {} : { price_minor }),
      ...(minimum === '' ? {} : { minimum_nights: Number(minimum) }),
      ...(arrival === '' ? {} : { closed_to_arrival: arrival === 'closed' }),
      ...(departure === '' ? {} : { closed_to_departure: departure === 'closed' }),
    });
  const usual = () =>
    void set({
      clear_fields: ['price_minor', 'minimum_nights'],
      closed_to_arrival: false,
      closed_to_departure: false,
    });
  const closing = [['', words.asItIs], ['open', words.allowed], ['closed', words.closed]] as const;
  return (
    <Dialog
      title={words.editTitle}
      onClose={onClose}
      footer={
        <>
          <Button kind='quiet' busy={set.busy} onClick={usual}>{words.usual}</Button>
          <Button kind='primary' busy={set.busy} onClick={save}>{words.save}</Button>
        </>
      }
    >
      <div class='stack'>
        <p>
          {daysText(chosen.first, chosen.last)}
          <br />
          <span class='soft'>{chosen.homes.map(({ title }) => title).join(', ')}</span>
        </p>
        {currencies.size > 1 ? <Notice>{words.mixed}</Notice> : (
          <MoneyField
            label={words.price}
            hint={words.priceHint}
            currency={currency}
            value={price}
            onValue={setPrice}
          />
        )}
        <Field
          label={words.minimumNights}
          hint={words.minimumHint}
          type='number'
          inputmode='numeric'
          min={1}
          max={365}
          value={minimum}
          onValue={setMinimum}
        />
        <Select label={words.arrival} value={arrival} options={closing} onValue={setArrival} />
        <Select
          label={words.departure}
          value={departure}
          options={closing}
          onValue={setDeparture}
        />
        <Weekdays legend={words.days} value={days} onValue={setDays} names={weekdays('short')} />
        <ErrorBox error={set.error} />
      </div>
    </Dialog>
  );
}
