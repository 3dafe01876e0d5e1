import { z } from 'zod';
import { type CommandHandler, Impossible } from './command.ts';

/** What the database tells about files that are to go. */
const facts = z.object({ bucket: z.string(), names: z.array(z.string()) });

/** As many as Storage takes at once. */
const most = 1000;

/** Removes files from Storage. Those that are gone already are not named any more, or do no harm. */
export const removeFiles: CommandHandler = async (command, { files }) => {
  if (command.facts === null) return;
  const { success, data } = facts.safeParse(command.facts);
  if (!success) throw new Impossible('the facts are not those of files');
  for (let first = 0; first < data.names.length; first += most) {
    await files.remove(data.bucket, data.names.slice(first, first + most));
  }
};
