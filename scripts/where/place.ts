import type { Definition } from '../shared/definitions.ts';

/** A place in the project that may be the answer. */
export interface Answer {
  kind: string;
  name: string;
  path: string;
  line: number;
  /** What it says about itself. */
  says: string[];
  /** Of a function: who may execute it. */
  callers: Definition['callers'];
  /** How well it fits; 0 when it does not. */
  score: number;
}

export type Place = Omit<Answer, 'score' | 'callers'> & {
  about: string;
  /** What is said only of the best: it takes time to find. */
  more?: (words: RegExp[]) => string[];
  callers?: Definition['callers'];
};
