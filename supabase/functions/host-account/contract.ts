import { z } from 'zod';

// What the function takes and answers. types/index.ts has both for frontends; tests/api/typed-answers.test.ts
// holds them equal.

const page = z.url({ protocol: /^https?$/ }).max(2000);
export const onboardingRequest = z.object({
  country_code: z.string().max(2),
  /** Where Stripe sends the host when done. */
  return_url: page,
  /** Where Stripe sends a host whose link is no longer good; asks here again. */
  refresh_url: page.optional(),
});
export type OnboardingRequest = z.input<typeof onboardingRequest>;

export const accountStatus = z.enum(['new', 'pending', 'active', 'restricted', 'closed']);

export const onboardingAnswer = z.object({
  status: accountStatus,
  /** Leads to Stripe, once and for some minutes; null when there is nothing to do. */
  onboarding_url: z.string().nullable(),
  expires_at: z.string().nullable(),
});
export type OnboardingAnswer = z.infer<typeof onboardingAnswer>;
