import { money } from '../format.ts';
import { guest } from '../i18n/index.ts';
import type { PriceLine } from './lines.ts';

export const PriceList = (
  { lines, total, currency, totalText }: {
    lines: PriceLine[];
    total: number;
    currency: string;
    totalText?: string;
  },
) => (
  <dl class='lines'>
    {lines.map(({ text, minor }, at) => (
      <div key={at}>
        <dt>{text}</dt>
        <dd>{money(minor, currency)}</dd>
      </div>
    ))}
    <div class='total'>
      <dt>{totalText ?? guest().price.total} ({currency})</dt>
      <dd>{money(total, currency)}</dd>
    </div>
  </dl>
);
