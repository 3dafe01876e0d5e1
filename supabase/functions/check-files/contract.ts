/** What the function answers; types/index.ts has it too, tests/api/typed-answers.test.ts holds them equal. */
export interface FilesAnswer {
  /** Had nothing to hide. */
  clean: number;
  cleaned: number;
  refused: number;
  failed: number;
}
