import { dayOfYear } from '../format.ts';
import { core } from '../i18n/index.ts';
import { shownIn, useShown } from './shown.ts';

/** What an amount is about in the currency of the reader, beside the amount that is charged. */
export function About(
  { minor, currency, explained = false }: {
    minor: number;
    currency: string;
    /** With the day of the rate, and what is charged. */
    explained?: boolean;
  },
) {
  const words = core().currency;
  const shown = useShown(minor, currency);
  if (shownIn === '' || shownIn === currency) return null;
  // A line of its own from the beginning, so that nothing moves when the rate arrives.
  return (
    <span class='about-amount soft small'>
      {shown
        ? explained && shown.rated_on
          ? words.explained(shown.text, dayOfYear(shown.rated_on), currency)
          : words.about(shown.text)
        : ' '}
    </span>
  );
}
