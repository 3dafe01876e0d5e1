/** What the function answers; types/index.ts has it too, tests/api/typed-answers.test.ts holds them equal. */
export interface CalendarsAnswer {
  applied: number;
  unchanged: number;
  kept: number;
  failed: number;
  too_late: number;
}
