import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files that take minutes, the longest first. Vitest goes through the projects by their names; one of
 * these that begins last keeps one core busy while the other has nothing left to do.
 */
const long = [
  'properties/money-sequences',
  'stack/start',
  'stack/backup-guide',
  'stack/backup',
  'stack/bench',
  'stack/checks',
  'properties/booking-life',
  'races/sixty-four-guests',
  'graphql/isolation',
  'api/bad-input',
  'stack/ending',
  'sites/host',
  'sites/guest-pages',
];

const place = ({ moduleId }: TestSpecification): number => {
  const found = long.findIndex((name) => moduleId.endsWith(`/tests/${name}.test.ts`));
  return found < 0 ? long.length : found;
};

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // What takes as long stays in its order.
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }

  /** `--shard=1/3`: every third file, so that each part has its share of the long ones and of each folder. */
  override shard(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { index, count } = this.ctx.config.shard ?? { index: 1, count: 1 };
    const inOrder = files.toSorted((one, other) =>
      place(one) - place(other) || (one.moduleId < other.moduleId ? -1 : 1)
    );
    return Promise.resolve(inOrder.filter((_, number) => number % count === index - 1));
  }
}
