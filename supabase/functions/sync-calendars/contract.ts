import { z } from 'zod';

/** What the function answers; types/index.ts has it too, tests/api/typed-answers.test.ts holds them equal. */
export const calendarsAnswer = z.object({
  applied: z.number(),
  unchanged: z.number(),
  kept: z.number(),
  failed: z.number(),
  too_late: z.number(),
});
export type CalendarsAnswer = z.infer<typeof calendarsAnswer>;
