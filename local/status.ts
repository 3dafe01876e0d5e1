import { readCommandLine } from './command-line.ts';
import { addressesOf, runningPorts, settingsOrEnd } from './settings.ts';
import { compareClocks } from './zone-data.ts';

const { values } = readCommandLine(
  `Says where the stack on this machine runs, and what of it works.

  npm run status [-- --json]

The exit code is 0 when all of it works.`,
  { options: { json: { type: 'boolean', default: false } } },
);
const settings = settingsOrEnd();
const here = addressesOf(runningPorts(settings));
const addresses = { ...here, url: settings.reach.publicUrl ?? here.url };
const health: Record<string, boolean> = await fetch(`${here.url}/health`)
  .then((answer) => answer.json(), () => ({ gateway: false }));
const clocks = health.gateway === false
  ? undefined
  : await compareClocks(addresses.database_url).catch(() => undefined);
const status = { ...addresses, health: { gateway: true, ...health }, clocks };

if (values.json) console.log(JSON.stringify(status, null, 2));
else if (!status.health.gateway) {
  console.log('Staybase does not run here. Start it with npm start.');
} else {
  const parts = Object.entries(status.health)
    .map(([part, works]) => `  ${part.padEnd(10)} ${works ? 'works' : 'DOES NOT WORK'}`);
  if (clocks !== undefined) {
    parts.push(`  ${'clocks'.padEnd(10)} ${clocks.healthy ? '' : 'WARNING: '}${clocks.detail}`);
  }
  console.log(
    `${Object.entries(addresses).map((one) => one.join(': ')).join('\n')}\n\n${parts.join('\n')}`,
  );
}
process.exitCode = Object.values(status.health).every(Boolean) ? 0 : 1;
