import { addDays, call, query } from '@staybase/client';
import { useState } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { cache, staybase, useQuery } from '../../api.ts';
import { daysText, money, today, weekdays } from '../../format.ts';
import { Button, ErrorBox, Field, Icon, Skeleton, toast } from '../../kit/index.ts';
import { amountOf, MoneyField, Weekdays } from '../parts.tsx';
import { homes, host } from '../words.ts';
import type { HomeToEdit } from './data.ts';

const horizon = 540;

/** Days with their own price or minimum stay, in the next year and a half. */
const ownPrices = (listing_id: string) =>
  query('own_prices', { listing_id }, async (signal) => {
    const starts_on = today();
    const [home] = await call(staybase, 'host_calendars', {
      listing_ids: [listing_id],
      starts_on,
      ends_on: addDays(starts_on, horizon),
    }, signal);
    return (home?.days ?? []).filter((run) => run.price_is_own || run.minimum_is_own);
  });

export function Seasons({ home }: { home: HomeToEdit }) {
  const words = homes().seasons;
  const { listing_id, currency } = home;
  const { answer, error, waits } = useQuery(ownPrices(listing_id));
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [price, setPrice] = useState('');
  const [minimum, setMinimum] = useState('');
  const [days, setDays] = useState([1, 2, 3, 4, 5, 6, 7]);
  const price_minor = amountOf(price, currency);
  const changed = (text: string) => {
    toast(text);
    cache.refresh('own_prices', 'host_calendars');
  };
  const add = useAction(async () => {
    const [change] = await call(staybase, 'set_calendars', {
      listing_ids: [listing_id],
      ranges: [{ starts_on: from, ends_on: addDays(to, 1) }],
      ...(days.length < 7 ? { weekdays: days } : {}),
      ...(price_minor ? { price_minor } : {}),
      ...(minimum === '' ? {} : { minimum_nights: Number(minimum) }),
    });
    setPrice('');
    setMinimum('');
    changed(host().calendar.changed(change?.changed_days ?? 0));
  });
  const clear = useAction(async (starts_on: string, ends_on: string) => {
    await call(staybase, 'set_calendars', {
      listing_ids: [listing_id],
      ranges: [{ starts_on, ends_on }],
      clear_fields: ['price_minor', 'minimum_nights'],
    });
    changed(words.cleared);
  });
  return (
    <section class='stack host-form' aria-labelledby='seasons'>
      <h2 id='seasons'>{words.title}</h2>
      <p class='soft'>{words.text}</p>
      <ErrorBox error={error ?? clear.error} />
      {waits && <Skeleton height='120px' />}
      {answer?.length === 0 && <p class='soft'>{words.none}</p>}
      {!!answer?.length && (
        <ul class='rows'>
          {answer.map((run) => {
            const text = daysText(run.starts_on, addDays(run.ends_on, -1));
            return (
              <li key={run.starts_on} class='row-line'>
                <span class='grow'>
                  <span class='strong'>{text}</span>
                  <br />
                  <span class='soft small'>
                    {[
                      run.price_is_own && run.price_minor !== null &&
                      words.aNight(money(run.price_minor, currency)),
                      run.minimum_is_own && host().calendar.minimum(run.minimum_nights),
                    ].filter(Boolean).join(', ')}
                  </span>
                </span>
                <button
                  class='icon-button'
                  type='button'
                  aria-label={words.clear(text)}
                  onClick={() => void clear(run.starts_on, run.ends_on)}
                >
                  <Icon name='trash' />
                </button>
              </li>
            );
          })}
        </ul>
      )}
      <form
        class='panel stack'
        onSubmit={(event) => {
          event.preventDefault();
          if (price_minor !== undefined) void add();
        }}
      >
        <h3>{words.add}</h3>
        <div class='host-pair'>
          <Field
            label={words.from}
            type='date'
            value={from}
            min={today()}
            onValue={setFrom}
            required
          />
          <Field
            label={words.to}
            type='date'
            value={to}
            min={from || today()}
            onValue={setTo}
            required
          />
          <MoneyField
            label={host().calendar.price}
            currency={currency}
            value={price}
            onValue={setPrice}
          />
          <Field
            label={host().calendar.minimumNights}
            type='number'
            inputmode='numeric'
            min={1}
            max={365}
            value={minimum}
            onValue={setMinimum}
          />
        </div>
        <Weekdays
          legend={host().calendar.days}
          value={days}
          onValue={setDays}
          names={weekdays('short')}
        />
        <ErrorBox error={add.error} />
        <div>
          <Button type='submit' busy={add.busy}>{words.add}</Button>
        </div>
      </form>
    </section>
  );
}
