/**
 * A throw-away database for writing migrations:
 *
 *   node local/postgres/scratch.ts            start (or reuse) the server, rebuild the database
 *   node local/postgres/scratch.ts --watch    the same, again after every saved migration
 *   node local/postgres/scratch.ts --stop     end the server
 *
 * STAYBASE_DATA says where (default .staybase), STAYBASE_PORT on which port (default 54390).
 * The server stays up between calls, so a rebuild takes well under a second.
 */
import { watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readCommandLine } from '../command-line.ts';
import { dataHome } from '../data.ts';
import { inProject } from '../paths.ts';
import { endLeftovers, livePid } from '../processes.ts';
import { createRoles } from './bootstrap/bootstrap.ts';
import { type Cluster, connectCluster, startCluster } from './cluster.ts';
import { migrate } from './migrate.ts';
import { baseTemplate, createDatabase } from './templates.ts';

const { values: wants } = readCommandLine(
  `A throw-away database for writing migrations.

  npm run db:scratch               starts (or reuses) the server, rebuilds the database
  npm run db:scratch -- --watch    the same, again after every saved migration
  npm run db:scratch -- --stop     stops the server`,
  {
    options: {
      watch: { type: 'boolean', default: false },
      stop: { type: 'boolean', default: false },
    },
  },
);

const port = Number(process.env.STAYBASE_PORT ?? 54390);
const dataDirectory = process.env.STAYBASE_DATA ? dataHome() : join(dataHome(), 'scratch');

if (wants.stop) {
  await endLeftovers(dataDirectory);
  console.log('Stopped.');
} else {
  const cluster = livePid(dataDirectory, 'postgres')
    ? connectCluster(port, dataDirectory)
    : await startCluster({
      dataDirectory,
      home: dataHome(),
      port,
      durable: false,
      keepRunning: true,
    });
  const built = await rebuild(cluster);
  if (wants.watch) {
    let due = false;
    watch(inProject('supabase', 'migrations'), () => due = true);
    for (;;) {
      await sleep(150);
      if (!due) continue;
      due = false;
      await rebuild(cluster);
    }
  }
  process.exit(built ? 0 : 1);
}

/** Drops the scratch database and builds it from the migrations; prints instead of throwing. */
async function rebuild(cluster: Cluster): Promise<boolean> {
  const began = performance.now();
  try {
    await createRoles(cluster);
    await createDatabase(cluster, 'scratch', await baseTemplate(cluster));
    const names = await migrate(cluster, 'scratch');
    console.log(`Rebuilt in ${Math.round(performance.now() - began)} ms: ${names.join(', ')}`);
    console.log(cluster.url('scratch'));
    console.log(cluster.url('scratch', 'supabase_admin'));
    return true;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return false;
  }
}
