/** A table that may be split, and what the catalog does not say about it. */
export interface Partitionable {
  name: string;
  /** As it is named in SQL. */
  relation: string;
  schema: string;
  /** Rows with the same value are in one partition. Rules and constraints compare rows of one value alone. */
  key: string;
  /** The primary key of the unpartitioned table. Partitioned, it needs the key as well. */
  identity: string[];
}

/** Others are not worth it, or nobody has measured it: docs/decisions/0022-what-is-partitioned.md. */
export const partitionable: Record<string, Partitionable> = {
  claims: {
    name: 'claims',
    relation: 'private.claims',
    schema: 'private',
    key: 'listing_id',
    identity: ['claim_id'],
  },
};

/** How a table is kept: in so many partitions, or in none (0). */
export type Partitions = number;

/** Partitions live here. No role of the API has USAGE on it, so that nobody can name one of them. */
export const partitionSchema = 'partitions';
/** The new table while it is filled, the log of changes, how far the copy is. */
export const moveSchema = 'partition_move';
/** The old table, from the swap until it is dropped. */
export const pastSchema = 'partition_past';

/** What the old table reports its changes with. */
export const logTrigger = 'note_the_change_for_partitions';

export class PartitionProblem extends Error {}
