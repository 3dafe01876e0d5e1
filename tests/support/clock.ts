import { runDueJobs } from './stack.ts';

/** Works while the clock of this file's stack beats. */
export async function whileTheClockBeats<T>(work: () => Promise<T>): Promise<T> {
  let isOver = false;
  const beating = (async () => {
    while (!isOver) {
      await runDueJobs();
      await new Promise((wake) => setTimeout(wake, 200));
    }
  })();
  try {
    return await work();
  } finally {
    isOver = true;
    await beating;
  }
}
