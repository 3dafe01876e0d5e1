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
  /** Of a table: who reads and writes its rows, also where a later chapter says so. */
  policies: Definition[];
  /** How well it fits; 0 when it does not. */
  score: number;
}

export type Place = Omit<Answer, 'score' | 'callers' | 'policies'> & {
  about: string;
  /** What is said only of the best: it takes time to find. */
  more?: (words: RegExp[]) => string[];
  callers?: Definition['callers'];
  policies?: Definition[];
};
