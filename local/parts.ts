/** Something that was started and can be stopped. */
export interface Part {
  stop(): Promise<unknown> | void;
}

// A program ends within its own limits (local/processes.ts), and Postgres has the longest.
const patience = 80_000;

/**
 * What was started so far. It is stopped in reverse order, and a part that fails to stop, or never ends
 * stopping, does not keep the others from it.
 */
export class Parts {
  readonly #started: Part[] = [];

  /** Notes what was started, and hands it back. */
  add<Started extends Part>(part: Started): Started {
    this.#started.push(part);
    return part;
  }

  async stop(): Promise<void> {
    for (const part of this.#started.splice(0).toReversed()) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<void>((resolve) => timer = setTimeout(resolve, patience));
      try {
        await Promise.race([part.stop(), late]);
      } catch (error) {
        console.error(`A part did not stop as it should: ${error}`);
      } finally {
        clearTimeout(timer);
      }
    }
  }
}
