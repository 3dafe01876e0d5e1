/** One import in a process of its own, for bench/import.ts: says each step, and at the end what it took. */
import { importFolder } from '../scripts/bring-data/import.ts';

const [databaseUrl = '', folder = '', sessions = '2'] = process.argv.slice(2);
const { refused } = await importFolder({
  databaseUrl,
  folder,
  sessions: Number(sessions),
  progress: (step) => process.send?.({ step }),
});
const { user, system } = process.cpuUsage();
process.send?.({
  end: {
    refused,
    cpu: (user + system) / 1000,
    // In kilobytes, the most of its life.
    memory: process.resourceUsage().maxRSS * 1024,
  },
});
process.disconnect();
