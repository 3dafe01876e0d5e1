import { call, must } from '@staybase/client';
import { useState } from 'preact/hooks';
import { staybase } from '../../api.ts';
import { weekdays } from '../../format.ts';
import { core } from '../../i18n/index.ts';
import { Check, Field, Select, Stepper, TextArea } from '../../kit/index.ts';
import { Weekdays } from '../parts.tsx';
import { homes, host } from '../words.ts';
import { rowsOf } from '../data.ts';
import type { Part } from './data.ts';
import { Choices, Group, StepForm, useSave } from './editor.tsx';

const policies = ['flexible', 'moderate', 'limited', 'firm', 'strict', 'non_refundable'] as const;

/** Booking mode, check-in and check-out, house rules and cancellation policy. */
export function Rules({ home, onSaved }: Part) {
  const words = homes().rules;
  const [rules] = rowsOf(home.booking_rules);
  const [booking, setBooking] = useState({
    minimum_nights: rules?.minimum_nights ?? 1,
    maximum_nights: rules?.maximum_nights ?? 365,
    advance_notice_days: rules?.advance_notice_days ?? 1,
    same_day_cutoff_hour: rules?.same_day_cutoff_hour ?? 18,
    booking_window_months: rules?.booking_window_months ?? 12,
    preparation_nights: rules?.preparation_nights ?? 0,
    arrival_weekdays: rules?.arrival_weekdays ?? [],
    departure_weekdays: rules?.departure_weekdays ?? [],
  });
  const [house, setHouse] = useState({
    instant_book: home.instant_book,
    cancellation_policy: home.cancellation_policy,
    check_in_time: home.check_in_time.slice(0, 5),
    check_out_time: home.check_out_time.slice(0, 5),
    maximum_pets: home.maximum_pets,
    smoking_allowed: home.smoking_allowed,
    parties_allowed: home.parties_allowed,
    damage_claims: home.damage_claims,
    house_rules: home.house_rules,
  });
  const save = useSave({ onSaved }, async () => {
    await must(
      staybase.from('listings').update(house).eq('listing_id', home.listing_id),
    );
    await call(staybase, 'set_booking_rules', { listing_ids: [home.listing_id], ...booking });
  });
  const set = (change: Partial<typeof house>) => setHouse({ ...house, ...change });
  const count = (
    name: 'minimum_nights' | 'maximum_nights' | 'same_day_cutoff_hour',
    label: string,
    min: number,
    max: number,
    hint?: string,
  ) => (
    <Field
      label={label}
      type='number'
      inputmode='numeric'
      min={min}
      max={max}
      required
      value={String(booking[name])}
      onValue={(value) => setBooking({ ...booking, [name]: Number(value) })}
      {...(hint === undefined ? {} : { hint })}
    />
  );
  const some = (
    name: 'advance_notice_days' | 'preparation_nights' | 'booking_window_months',
    label: string,
    options: (readonly [string, string])[],
  ) => (
    <Select
      label={label}
      value={String(booking[name])}
      options={options}
      onValue={(value) => setBooking({ ...booking, [name]: Number(value) })}
    />
  );
  const upTo = (last: number, text: (n: number) => string, first = 0) =>
    Array.from(
      { length: last - first + 1 },
      (_, at) => [String(first + at), text(first + at)] as const,
    );
  return (
    <StepForm title={words.title} save={save} isDraft={home.status === 'draft'}>
      <Group legend={words.how}>
        <Choices
          name='instant_book'
          value={house.instant_book ? 'instant' : 'request'}
          options={[
            ['instant', words.instant, words.instantHint],
            ['request', words.request, words.requestHint],
          ]}
          onValue={(value) => set({ instant_book: value === 'instant' })}
        />
      </Group>
      <Group legend={words.cancellation}>
        <Choices
          name='cancellation_policy'
          value={house.cancellation_policy}
          options={policies.map((policy) =>
            [policy, host().policies[policy] ?? policy, words.policies[policy]] as const
          )}
          onValue={(cancellation_policy) => set({ cancellation_policy })}
        />
        <p class='soft small'>{words.grace}</p>
      </Group>
      <Group legend={words.stays}>
        <div class='host-pair'>
          {count('minimum_nights', words.minimum, 1, 365)}
          {count('maximum_nights', words.maximum, 1, 1125)}
          {some('advance_notice_days', words.notice, upTo(7, words.noticeDays))}
          {booking.advance_notice_days === 0 &&
            count('same_day_cutoff_hour', words.cutoff, 0, 24, words.cutoffHint)}
          {some('booking_window_months', words.window, upTo(24, words.months, 1))}
          {some('preparation_nights', words.preparation, upTo(2, words.nights))}
        </div>
        <Weekdays
          legend={words.arrivalDays}
          value={booking.arrival_weekdays}
          onValue={(arrival_weekdays) => setBooking({ ...booking, arrival_weekdays })}
          names={weekdays('short')}
        />
        <Weekdays
          legend={words.departureDays}
          value={booking.departure_weekdays}
          onValue={(departure_weekdays) => setBooking({ ...booking, departure_weekdays })}
          names={weekdays('short')}
        />
      </Group>
      <Group legend={words.times}>
        <div class='host-pair'>
          <Field
            label={words.checkIn}
            type='time'
            value={house.check_in_time}
            onValue={(check_in_time) => set({ check_in_time })}
            required
          />
          <Field
            label={words.checkOut}
            hint={words.checkOutHint}
            type='time'
            value={house.check_out_time}
            onValue={(check_out_time) => set({ check_out_time })}
            required
          />
        </div>
      </Group>
      <Group legend={words.house}>
        <Stepper
          label={words.pets}
          value={house.maximum_pets}
          max={10}
          words={core().kit}
          onValue={(maximum_pets) => set({ maximum_pets })}
        />
        <div>
          <Check
            checked={house.smoking_allowed}
            onChecked={(smoking_allowed) => set({ smoking_allowed })}
          >
            {words.smoking}
          </Check>
          <Check
            checked={house.parties_allowed}
            onChecked={(parties_allowed) => set({ parties_allowed })}
          >
            {words.parties}
          </Check>
        </div>
        <TextArea
          label={words.houseRules}
          value={house.house_rules}
          onValue={(house_rules) => set({ house_rules })}
          rows={5}
          maxlength={10_000}
        />
      </Group>
      <Group legend={words.damage}>
        <Check
          checked={house.damage_claims}
          onChecked={(damage_claims) => set({ damage_claims })}
        >
          {words.damageText}
        </Check>
      </Group>
    </StepForm>
  );
}
