/** Hears what is being done: a step, and in it how much so far, of how much where that is known. */
export type Progress = (what: string, done?: number, of?: number) => void;

/** Where the line is written; a terminal or a log. */
interface Output {
  isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * Says what a command is doing. On a terminal one line is written over, every second also when nothing
 * new is to be said; in a log each step has a line, and a step that lasts another one every ten seconds.
 */
export function createProgressLine(
  output: Output,
  now: () => number = () => performance.now(),
): { progress: Progress; warn(words: string): void; end(): void } {
  const began = now();
  let step = '';
  let line = '';
  let writtenAt = 0;

  const seconds = () => ((now() - began) / 1000).toFixed(1).padStart(6);
  const write = () => {
    writtenAt = now();
    output.write(
      output.isTTY ? `\r\u001b[K${seconds()} s  ${line}` : `${seconds()} s  ${line}\n`,
    );
  };
  const beat = setInterval(() => {
    if (line !== '' && (output.isTTY || now() - writtenAt >= 10_000)) write();
  }, 1000);
  beat.unref();

  return {
    progress(what, done, of) {
      // "Reading listings, 12 %" is still the step "Reading listings".
      const [begun = what] = what.split(',');
      const isNew = begun !== step;
      const isDone = done !== undefined && done === of;
      step = begun;
      line = done === undefined
        ? what
        : `${what}: ${done.toLocaleString('en')}${
          of === undefined ? '' : ` of ${of.toLocaleString('en')}`
        }`;
      if (output.isTTY || isNew || isDone || now() - writtenAt >= 10_000) write();
    },
    warn(words) {
      output.write(`${output.isTTY ? '\r\u001b[K' : ''}${words}\n`);
    },
    end() {
      clearInterval(beat);
      if (output.isTTY) output.write('\r\u001b[K');
    },
  };
}
