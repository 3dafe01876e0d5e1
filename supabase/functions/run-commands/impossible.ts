import { causeOf } from '../_shared/log.ts';

/** A command that no repetition will carry out. */
export class Impossible extends Error {
  override name = 'Impossible';

  /** @param refusal what Stripe threw, if it was Stripe */
  constructor(why: string, refusal?: unknown) {
    super(refusal === undefined ? why : `${why} (${causeOf(refusal)})`);
  }
}
