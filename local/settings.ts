import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataHome, ownerOf } from './data.ts';
import { makeDirectory } from './folders.ts';
import { keys } from './keys.ts';
import { type Ports, portsFrom } from './ports.ts';
import { localPassword } from './postgres/cluster.ts';
import { type Reach, reachFrom } from './reach.ts';

/** What the environment says about a stack. */
export interface StackSettings {
  ports: Ports;
  /** Everything this stack keeps. */
  directory: string;
  /** The frontend that links in e-mails lead to, if it is not the storefront. */
  siteUrl: string | undefined;
  /** From where it is reached. */
  reach: Reach;
}

/**
 * Reads STAYBASE_PORT (the gateway's, default 54321), STAYBASE_DATA, STAYBASE_SITE_URL and from where it
 * is reached (`reachFrom`). Without
 * STAYBASE_DATA each port has data of its own, so a second stack needs nothing but another port.
 */
export function stackSettings(): StackSettings {
  const port = Number(process.env.STAYBASE_PORT ?? 54321);
  if (!Number.isInteger(port) || port < 1024 || port > 65_000) {
    throw new Error(
      `STAYBASE_PORT is "${process.env.STAYBASE_PORT}", not a port from 1024 to 65000.`,
    );
  }
  return {
    ports: portsFrom(port),
    directory: makeDirectory(
      join(dataHome(), process.env.STAYBASE_DATA ? 'stack' : `stack-${port}`),
    ),
    siteUrl: process.env.STAYBASE_SITE_URL || undefined,
    reach: reachFrom(process.env),
  };
}

const portsFile = (directory: string) => join(directory, 'ports.json');

/** Writes down where the parts of a running stack listen; with nothing, that none runs any more. */
export function notePorts(directory: string, ports?: Ports): void {
  if (ports === undefined) rmSync(portsFile(directory), { force: true });
  else writeFileSync(portsFile(directory), JSON.stringify(ports, null, 2));
}

/** Where the parts of the running stack listen, which is elsewhere when a usual port was taken. */
export function runningPorts({ ports, directory }: StackSettings): Ports {
  try {
    if (ownerOf(directory) === undefined) return ports;
    return { ...ports, ...JSON.parse(readFileSync(portsFile(directory), 'utf8')) };
  } catch {
    return ports;
  }
}

/** `stackSettings` for a program: a setting that is wrong ends it with the sentence that says so. */
export function settingsOrEnd(): StackSettings {
  try {
    return stackSettings();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

/** Where programs of this machine reach a stack, and with which keys. */
export const addressesOf = ({ gateway, postgres }: Ports) => ({
  url: `http://127.0.0.1:${gateway}`,
  database_url:
    `postgresql://postgres:${localPassword}@127.0.0.1:${postgres}/postgres?sslmode=disable`,
  publishable_key: keys.publishable,
  secret_key: keys.secret,
});
