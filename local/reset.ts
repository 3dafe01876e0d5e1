import { rmSync } from 'node:fs';
import { readCommandLine } from './command-line.ts';
import { ownerOf } from './data.ts';
import { endWhenTold } from './ending.ts';
import { endLeftovers } from './processes.ts';
import { settingsOrEnd } from './settings.ts';

readCommandLine(
  `Deletes the data of the stack on this machine, which must not run, and builds it again.

  npm run reset

STAYBASE_DATA names another folder than .staybase.`,
  {},
);
const settings = settingsOrEnd();
const owner = ownerOf(settings.directory);
if (owner !== undefined) {
  console.error(`The stack runs (process ${owner}). Stop it with Ctrl-C, then reset it.`);
  process.exit(1);
}

const { startStack } = await import('./stack.ts');
await endLeftovers(settings.directory);
rmSync(settings.directory, { recursive: true, force: true });
endWhenTold(() => {});
try {
  const stack = await startStack(settings, {
    step: (what) => console.log(`  ${what}`),
    mail: () => {},
    functionSays(line) {
      // What is no entry of their log tells why they do not work.
      if (!line.startsWith('{')) console.log(`functions: ${line}`);
    },
    trouble: () => {},
  });
  await stack.stop();
  console.log('Rebuilt from the migrations and the seed. npm start brings it up.');
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
