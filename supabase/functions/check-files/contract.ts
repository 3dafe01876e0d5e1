import { z } from 'zod';

/** What the function answers; types/index.ts has it too, tests/api/typed-answers.test.ts holds them equal. */
export const filesAnswer = z.object({
  /** Was as it should be, where it should be. */
  clean: z.number(),
  cleaned: z.number(),
  /** Everyone sees it, or its new content, from now on. */
  published: z.number(),
  /** Nobody else sees it any more. */
  withdrawn: z.number(),
  refused: z.number(),
  failed: z.number(),
});
export type FilesAnswer = z.infer<typeof filesAnswer>;
