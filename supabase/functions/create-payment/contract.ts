import { z } from 'zod';
import { uuid } from '../_shared/ids.ts';

// What the function takes and answers. types/index.ts has both for frontends; tests/api/typed-answers.test.ts
// holds them equal.

export const paymentRequest = z.object({ booking_id: uuid });
export type PaymentRequest = z.input<typeof paymentRequest>;

export interface PaymentAnswer {
  payment_id: string;
  booking_id: string;
  mode: 'payment' | 'setup';
  client_secret: string;
  amount_minor: number;
  currency: string;
  charge_at: string | null;
  expires_at: string | null;
}
