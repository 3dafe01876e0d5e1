import { call, minorDigits } from '@staybase/client';
import { useEffect, useState } from 'preact/hooks';
import { staybase } from '../api.ts';
import { roundPrice } from '../format.ts';

const kept = localStorage.getItem('currency') ?? '';

/** The currency in which prices are shown too, or '' for none. Changing it reloads the page. */
export const shownIn: string = /^[A-Z]{3}$/.test(kept) ? kept : '';

export function changeCurrency(to: string): void {
  if (to === '') localStorage.removeItem('currency');
  else localStorage.setItem('currency', to);
  location.reload();
}

interface Rate {
  /** Minor units of `shownIn` for one minor unit; 0 without a rate. */
  times: number;
  rated_on: string | null;
}

// One request for each currency and visit: rates are a day's, and a map that moves does not ask again.
const rates = new Map<string, Promise<Rate>>();
const known = new Map<string, Rate>();

async function askRate(currency: string): Promise<Rate> {
  try {
    const [answer] = await call(staybase, 'show_amounts', {
      amounts: [10 ** minorDigits(currency)],
      currencies: [currency],
      shown_in: shownIn,
    });
    const rate = answer?.rate ?? 0;
    return {
      times: rate * 10 ** (minorDigits(shownIn) - minorDigits(currency)),
      rated_on: answer?.rated_on ?? null,
    };
  } catch {
    // Prices are shown without it.
    return { times: 0, rated_on: null };
  }
}

/** An amount in the currency of the reader, roughly; undefined before there is a rate, and without one. */
export function useShown(
  minor: number,
  currency: string,
): { text: string; rated_on: string | null } | undefined {
  const [, update] = useState(0);
  const isAsked = shownIn !== '' && shownIn !== currency && minor !== 0;
  useEffect(() => {
    if (!isAsked || known.has(currency)) return;
    let isCurrent = true;
    const asked = rates.get(currency) ?? askRate(currency);
    rates.set(currency, asked);
    void asked.then((rate) => {
      known.set(currency, rate);
      if (isCurrent) update((count) => count + 1);
    });
    return () => {
      isCurrent = false;
    };
  }, [currency]);
  const rate = isAsked ? known.get(currency) : undefined;
  if (!rate || rate.times === 0) return undefined;
  return { text: roundPrice(Math.round(minor * rate.times), shownIn), rated_on: rate.rated_on };
}
