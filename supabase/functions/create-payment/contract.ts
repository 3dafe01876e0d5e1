import { z } from 'zod';
import { uuid } from '../_shared/ids.ts';

// What the function takes and answers. types/index.ts has both for frontends; tests/api/typed-answers.test.ts
// holds them equal.

export const paymentRequest = z.object({ booking_id: uuid });
export type PaymentRequest = z.input<typeof paymentRequest>;

export const paymentAnswer = z.object({
  payment_id: z.string(),
  booking_id: z.string(),
  mode: z.enum(['payment', 'setup']),
  client_secret: z.string(),
  amount_minor: z.number(),
  currency: z.string(),
  charge_at: z.string().nullable(),
  expires_at: z.string().nullable(),
});
export type PaymentAnswer = z.infer<typeof paymentAnswer>;
