/** What the function answers; types/index.ts has it too, tests/api/typed-answers.test.ts holds them equal. */
export interface CommandsAnswer {
  done: number;
  retried: number;
  failed: number;
}
