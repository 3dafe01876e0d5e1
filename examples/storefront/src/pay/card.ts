import type { PaymentToMake } from '@staybase/client';

/** What a form for a card is given. */
export interface CardProps {
  payment: PaymentToMake;
  /** The card was taken; the webhook will say so to the database. */
  onPaid: () => void;
}
