import type { AnswerOf } from '@staybase/client';
import { price } from '../format.ts';
import { core, guest } from '../i18n/index.ts';
import { language } from '../i18n/language.ts';

type Line = Pick<
  AnswerOf<'quote_stay'>['lines'][number],
  'kind' | 'description' | 'quantity' | 'unit_minor' | 'discount_minor' | 'amount_minor'
>;

export interface PriceLine {
  text: string;
  minor: number;
}

/** The lines of a price in the reader's words: nights of the same price together, discounts in one line. */
export function priceLines(lines: Line[], fee: number, currency: string): PriceLine[] {
  const words = guest().price;
  const nights = new Map<number, number>();
  let discount = 0;
  const others: PriceLine[] = [];
  for (const { kind, description, quantity, unit_minor, discount_minor, amount_minor } of lines) {
    discount += discount_minor;
    if (kind === 'night') {
      nights.set(unit_minor, (nights.get(unit_minor) ?? 0) + quantity);
      continue;
    }
    // Taxes have the name that the operator gave them, in one language.
    const text = kind !== 'tax'
      ? words.kinds[kind]
      : language === 'en'
      ? description
      : `${words.kinds.tax} (${description})`;
    others.push({ text, minor: amount_minor + discount_minor });
  }
  return [
    ...[...nights].map(([unit, count]) => ({
      text: `${price(unit, currency)} × ${core().counts.nights(count)}`,
      minor: unit * count,
    })),
    ...(discount > 0 ? [{ text: words.discount, minor: -discount }] : []),
    ...others.filter(({ minor }) => minor !== 0),
    ...(fee > 0 ? [{ text: words.serviceFee, minor: fee }] : []),
  ];
}
