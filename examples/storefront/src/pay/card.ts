import type { PaymentToMake } from '@staybase/client';

/** The props of a card form. */
export interface CardProps {
  payment: PaymentToMake;
  /** Called when the card was accepted; the webhook then tells the database. */
  onPaid: () => void;
}
