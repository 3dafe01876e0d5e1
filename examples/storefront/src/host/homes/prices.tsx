import { call, must } from '@staybase/client';
import { useState } from 'preact/hooks';
import { staybase } from '../../api.ts';
import { Button, Check, Field, Icon } from '../../kit/index.ts';
import { amountOf, amountText, MoneyField, useMe } from '../parts.tsx';
import { homes } from '../words.ts';
import { rowsOf } from '../data.ts';
import type { Part } from './data.ts';
import { Group, StepForm, useSave } from './editor.tsx';
import { Seasons } from './seasons.tsx';

const percentText = (bp: number | null | undefined) => bp ? String(bp / 100) : '';
const wholeText = (value: number | null | undefined) => value ? String(value) : '';
const wholeOf = (text: string) => text.trim() === '' ? null : Number(text);
const bpOf = (text: string) => text.trim() === '' ? null : Math.round(Number(text) * 100);

interface Discount {
  nights: string;
  percent: string;
}

/** What guests pay: nightly prices, other charges and discounts. */
export function Prices({ home, onSaved }: Part) {
  const words = homes().prices;
  const { currency, listing_id } = home;
  const me = useMe();
  const [prices] = rowsOf(home.listing_prices);
  const [floor] = rowsOf(home.price_floors);
  const isOwner = home.host_id === me.id;
  const show = (minor: number | null | undefined) => minor ? amountText(minor, currency) : '';
  const [texts, setTexts] = useState({
    base_price_minor: prices ? amountText(prices.base_price_minor, currency) : '',
    weekend_price_minor: show(prices?.weekend_price_minor),
    cleaning_fee_minor: show(prices?.cleaning_fee_minor),
    extra_guest_price_minor: show(prices?.extra_guest_price_minor),
    pet_fee_minor: show(prices?.pet_fee_minor),
    floor: floor ? amountText(floor.floor_minor, currency) : '',
  });
  const [included, setIncluded] = useState(String(prices?.included_guests ?? home.capacity));
  const [isNew, setNew] = useState(prices?.new_listing_discount ?? false);
  const [early, setEarly] = useState({
    days: wholeText(prices?.early_bird_days),
    percent: percentText(prices?.early_bird_bp),
  });
  const [late, setLate] = useState({
    days: wholeText(prices?.last_minute_days),
    percent: percentText(prices?.last_minute_bp),
  });
  const before = home.length_discounts;
  const [discounts, setDiscounts] = useState<Discount[]>(
    before.map(({ minimum_nights, discount_bp }) => ({
      nights: String(minimum_nights),
      percent: percentText(discount_bp),
    })),
  );
  const amount = (name: keyof typeof texts) => amountOf(texts[name], currency);
  const saved = useSave({ onSaved }, async () => {
    const both = (pair: { days: string; percent: string }) =>
      pair.days.trim() !== '' && pair.percent.trim() !== '';
    await must(
      staybase.from('listing_prices').upsert({
        listing_id,
        base_price_minor: amount('base_price_minor') ?? 0,
        weekend_price_minor: amount('weekend_price_minor') ?? null,
        cleaning_fee_minor: amount('cleaning_fee_minor') ?? 0,
        extra_guest_price_minor: amount('extra_guest_price_minor') ?? 0,
        pet_fee_minor: amount('pet_fee_minor') ?? 0,
        included_guests: Number(included) || 1,
        new_listing_discount: isNew,
        early_bird_days: both(early) ? wholeOf(early.days) : null,
        early_bird_bp: both(early) ? bpOf(early.percent) : null,
        last_minute_days: both(late) ? wholeOf(late.days) : null,
        last_minute_bp: both(late) ? bpOf(late.percent) : null,
      }),
    );
    const wanted = discounts.flatMap(({ nights, percent }) => {
      const [minimum_nights, discount_bp] = [wholeOf(nights), bpOf(percent)];
      return minimum_nights && discount_bp ? [{ listing_id, minimum_nights, discount_bp }] : [];
    });
    const rows = () => staybase.from('length_discounts');
    const gone = before.map(({ minimum_nights }) => minimum_nights)
      .filter((nights) => !wanted.some(({ minimum_nights }) => minimum_nights === nights));
    if (gone.length > 0) {
      await must(rows().delete().eq('listing_id', listing_id).in('minimum_nights', gone));
    }
    if (wanted.length > 0) await must(rows().upsert(wanted));
    const floor_minor = amount('floor');
    if (isOwner && floor_minor !== (floor?.floor_minor ?? null)) {
      await call(staybase, 'set_price_floor', {
        listing_id,
        ...(floor_minor === null ? {} : { floor_minor }) as { floor_minor: number },
      });
    }
  });
  const areAmounts = (Object.keys(texts) as (keyof typeof texts)[])
    .every((name) => amount(name) !== undefined);
  const save = Object.assign(async () => areAmounts && await saved(), {
    busy: saved.busy,
    error: saved.error,
    clear: saved.clear,
  });
  const field = (name: keyof typeof texts, label: string, hint?: string, required = false) => (
    <MoneyField
      label={label}
      currency={currency}
      value={texts[name]}
      onValue={(value) => setTexts({ ...texts, [name]: value })}
      required={required}
      {...(hint === undefined ? {} : { hint })}
    />
  );
  const percentField = (value: string, set: (percent: string) => void) => (
    <Field
      label={words.percent}
      type='number'
      inputmode='decimal'
      min={1}
      max={90}
      step='any'
      value={value}
      onValue={set}
    />
  );
  const pair = (
    value: { days: string; percent: string },
    set: (value: { days: string; percent: string }) => void,
    days: string,
  ) => (
    <div class='host-pair'>
      <Field
        label={days}
        type='number'
        inputmode='numeric'
        min={1}
        max={730}
        value={value.days}
        onValue={(days) => set({ ...value, days })}
      />
      {percentField(value.percent, (percent) => set({ ...value, percent }))}
    </div>
  );
  return (
    <div class='stack-large'>
      <StepForm
        title={words.title}
        text={words.text}
        save={save}
        isDraft={home.status === 'draft'}
      >
        <Group legend={words.nights}>
          <div class='host-pair'>
            {field('base_price_minor', words.base, words.baseHint, true)}
            {field('weekend_price_minor', words.weekend, words.weekendHint)}
          </div>
        </Group>
        <Group legend={words.beside}>
          <div class='host-pair'>
            {field('cleaning_fee_minor', words.cleaning, words.perStay)}
            {field('pet_fee_minor', words.pet, words.petHint)}
            {field('extra_guest_price_minor', words.extra, words.extraHint)}
            <Field
              label={words.included}
              hint={words.includedHint}
              type='number'
              inputmode='numeric'
              min={1}
              max={64}
              value={included}
              onValue={setIncluded}
            />
          </div>
          <p class='soft small'>{words.taxes}</p>
        </Group>
        <Group legend={words.lengths}>
          {discounts.map((discount, at) => {
            const change = (change: Partial<Discount>) =>
              setDiscounts(
                discounts.map((each, other) => other === at ? { ...each, ...change } : each),
              );
            return (
              <div key={at} class='host-pair' data-removable>
                <Field
                  label={words.from}
                  type='number'
                  inputmode='numeric'
                  min={2}
                  max={365}
                  value={discount.nights}
                  onValue={(nights) => change({ nights })}
                />
                {percentField(discount.percent, (percent) => change({ percent }))}
                <button
                  class='icon-button'
                  type='button'
                  aria-label={words.removeDiscount(discount.nights)}
                  onClick={() => setDiscounts(discounts.filter((_, other) => other !== at))}
                >
                  <Icon name='trash' />
                </button>
              </div>
            );
          })}
          <div class='row'>
            {[[7, words.weekly], [28, words.monthly]].map(([nights, text]) => (
              !discounts.some((each) => each.nights === String(nights)) && (
                <Button
                  key={nights}
                  size='small'
                  onClick={() =>
                    setDiscounts([...discounts, { nights: String(nights), percent: '10' }])}
                >
                  {text}
                </Button>
              )
            ))}
            <Button
              size='small'
              onClick={() => setDiscounts([...discounts, { nights: '', percent: '' }])}
            >
              {words.otherLength}
            </Button>
          </div>
        </Group>
        <Group legend={words.early}>{pair(early, setEarly, words.earlyDays)}</Group>
        <Group legend={words.late}>{pair(late, setLate, words.lateDays)}</Group>
        <Check checked={isNew} onChecked={setNew}>
          {words.newListing}
        </Check>
        {isOwner && home.listing_hosts.length > 1 && (
          <Group legend={words.floor}>{field('floor', words.floorLabel, words.floorHint)}</Group>
        )}
      </StepForm>
      <Seasons home={home} />
    </div>
  );
}
