/** What the function answers; types/index.ts has it too, tests/api/typed-answers.test.ts holds them equal. */
export interface FilesAnswer {
  /** Was as it should be, where it should be. */
  clean: number;
  cleaned: number;
  /** Everyone sees it, or its new content, from now on. */
  published: number;
  /** Nobody else sees it any more. */
  withdrawn: number;
  refused: number;
  failed: number;
}
