/** How the fake behaves; changed at run time through control. */
export interface Settings {
  /** Where this fake is reached, for links it hands out. */
  publicUrl: string;
  /** Days for which a card authorisation holds. Stripe's usual is 7. */
  authorizationDays: number;
  /** When a charge gets its balance transaction (and `charge.updated`): right after, or by hand. */
  settlement: 'prompt' | 'held';
  /** Seconds by the clock that a payment is `processing` first; 0 for cards as they are. */
  processingSeconds: number;
  /** Days until charged money is available. */
  availableDays: number;
  /** Seconds by the clock until a pending refund succeeds or a failing one fails. */
  refundSeconds: number;
  /** Seconds by the clock before search finds a new object, as Stripe's search lags behind. */
  searchLagSeconds: number;
  /**
   * How balances are paid out to a bank, where an account did not choose: by hand, or every day all that
   * is available (of the platform's, above its floor), as Stripe does for accounts that are new.
   */
  payouts: { platform: 'daily' | 'manual'; hosts: 'daily' | 'manual' };
  /** Currencies that settle into another one: `{ eur: { currency: 'usd', rate: 1.1 } }`. */
  settlesInto: Record<string, { currency: string; rate: number }>;
  /** Milliseconds of real time between attempts to deliver an event; then it is given up. */
  webhookRetryMs: number[];
  /** Milliseconds of real time that a webhook receiver has to answer. */
  webhookTimeoutMs: number;
}

/** What the fake starts with. */
export function defaultSettings(): Settings {
  return {
    publicUrl: '',
    authorizationDays: 7,
    settlement: 'prompt',
    processingSeconds: 0,
    availableDays: 2,
    refundSeconds: 60,
    searchLagSeconds: 0,
    payouts: { platform: 'manual', hosts: 'manual' },
    settlesInto: {},
    webhookRetryMs: [1_000, 5_000, 30_000, 120_000, 600_000, 3_600_000],
    webhookTimeoutMs: 20_000,
  };
}
