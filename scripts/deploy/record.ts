import type pg from 'pg';
import { isThere } from './database.ts';
import type { Revision } from './revision.ts';

/** A function as the platform lists it. */
export interface DeployedFunction {
  slug: string;
  version: number;
  ezbr_sha256?: string | null;
}

/** What a project knows about its deployments; nothing before the chapter of deployments is there. */
export interface Deployments {
  /** Whose functions were brought last, and what the platform listed then. */
  functions?: { revision: string; listed: DeployedFunction[] };
  /** Commits with which a stay was booked here, the latest first. */
  proved: string[];
}

export async function readDeployments(client: pg.Client): Promise<Deployments> {
  if (!await isThere(client, 'private.deployments')) return { proved: [] };
  const { rows: [last] } = await client.query<{ revision: string; listed: DeployedFunction[] }>(
    `select revision, functions as listed from private.deployments
     where functions is not null order by deployment_id desc limit 1`,
  );
  const { rows: proved } = await client.query<{ revision: string }>(
    `select revision from private.deployments where proved_at is not null
     group by revision order by max(deployment_id) desc`,
  );
  return {
    ...(last === undefined ? {} : { functions: last }),
    proved: proved.map(({ revision }) => revision),
  };
}

/** The row of a commit: the last one, when it is of this commit too, or a new one. */
export async function beginDeployment(client: pg.Client, { id, version }: Revision) {
  const { rows: [last] } = await client.query<{ deployment_id: string }>(
    `select deployment_id from private.deployments
     where deployment_id = (select max(deployment_id) from private.deployments)
       and revision = $1 and version = $2`,
    [id, version],
  );
  const { rows: [row] } = last === undefined
    ? await client.query<{ deployment_id: string }>(
      'insert into private.deployments (revision, version) values ($1, $2) returning deployment_id',
      [id, version],
    )
    : { rows: [last] };
  return row?.deployment_id ?? '';
}

export async function noteFunctions(
  client: pg.Client,
  deployment: string,
  listed: DeployedFunction[],
): Promise<void> {
  await client.query('update private.deployments set functions = $2 where deployment_id = $1', [
    deployment,
    JSON.stringify(listed.map(fingerprint)),
  ]);
}

export async function finishDeployment(client: pg.Client, deployment: string): Promise<void> {
  await client.query(
    'update private.deployments set finished_at = coalesce(finished_at, now()) where deployment_id = $1',
    [deployment],
  );
}

export async function proveDeployment(client: pg.Client, deployment: string): Promise<void> {
  await client.query('update private.deployments set proved_at = now() where deployment_id = $1', [
    deployment,
  ]);
}

/** What tells one deployment of a function from another. */
export const fingerprint = (
  { slug, version, ezbr_sha256 }: DeployedFunction,
): DeployedFunction => ({
  slug,
  version,
  ezbr_sha256: ezbr_sha256 ?? null,
});
