import { z } from 'zod';

/** What the function answers; types/index.ts has it too, tests/api/typed-answers.test.ts holds them equal. */
export const commandsAnswer = z.object({
  done: z.number(),
  retried: z.number(),
  failed: z.number(),
});
export type CommandsAnswer = z.infer<typeof commandsAnswer>;
