import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type Problem, problemOf } from '../backend.ts';

export interface Loaded<Answer> {
  answer: Answer | undefined;
  problem: Problem | undefined;
  isLoading: boolean;
  /** Reloads, after a change. */
  reload(): void;
}

/** Loads once, and again when the query changes. */
export function useAnswer<Answer>(ask: () => Promise<Answer>, about: unknown[]): Loaded<Answer> {
  const [answer, setAnswer] = useState<Answer>();
  const [problem, setProblem] = useState<Problem>();
  const [isLoading, setLoading] = useState(true);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    setLoading(true);
    ask()
      .then((answer) => {
        if (!isCurrent) return;
        setAnswer(answer);
        setProblem(undefined);
      })
      .catch((error) => isCurrent && setProblem(problemOf(error)))
      .finally(() => isCurrent && setLoading(false));
    return () => {
      isCurrent = false;
    };
  }, [...about, turn]);
  const reload = useCallback(() => setTurn((turn) => turn + 1), []);
  return { answer, problem, isLoading, reload };
}

export interface Pages<Row> {
  rows: Row[];
  problem: Problem | undefined;
  isLoading: boolean;
  /** The next page; undefined at the end. */
  more: (() => void) | undefined;
  reload(): void;
}

/**
 * The pages of a verb, one after the other.
 * @param ask for the page after the last row seen
 */
export function usePages<Row>(
  ask: (last: Row | undefined, size: number) => Promise<Row[]>,
  about: unknown[],
  size = 50,
): Pages<Row> {
  const [rows, setRows] = useState<Row[]>([]);
  const [problem, setProblem] = useState<Problem>();
  const [isLoading, setLoading] = useState(true);
  const [isAtEnd, setAtEnd] = useState(false);
  const [turn, setTurn] = useState(0);
  const asked = useRef(0);
  const load = async (before: Row[]) => {
    const number = ++asked.current;
    setLoading(true);
    try {
      const page = await ask(before.at(-1), size);
      if (number !== asked.current) return;
      setRows([...before, ...page]);
      setAtEnd(page.length < size);
      setProblem(undefined);
    } catch (error) {
      if (number === asked.current) setProblem(problemOf(error));
    }
    if (number === asked.current) setLoading(false);
  };
  useEffect(() => {
    setRows([]);
    setAtEnd(false);
    load([]);
  }, about);
  // An action may change any row: reload the first page, and show the old rows meanwhile.
  useEffect(() => {
    if (turn > 0) load([]);
  }, [turn]);
  return {
    rows,
    problem,
    isLoading,
    more: isAtEnd || isLoading || problem !== undefined ? undefined : () => load(rows),
    reload: useCallback(() => setTurn((turn) => turn + 1), []),
  };
}
