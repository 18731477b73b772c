import { type RawBuilder, sql } from 'kysely';
import type { Dataset } from './handle.ts';

/** A profile and the slice that it is in: the number of the partitions that hold its rows. */
export interface ProfilePlace {
  no: number;
  slice: number;
}

/**
 * What PostgreSQL hashes a partition key with, and what it adds to the hash of a single column: `HASH_PARTITION_SEED` of its
 * `partition.h`, and `hash_combine64` of its `hashfn.h` with nothing before. Both are part of the format on disk.
 */
const partitionSeed = sql.lit('8816678312871386365');
const addedToHash = 0x49a0f4dd15e5a8e3n;

/**
 * The slice that a profile is in. A statement that names the partition itself is planned and begun for that one; over all of them each
 * execution locks every partition of every table. Counts on the number of partitions being a power of 2, and the hash at 64 bits.
 */
export function sliceOf({ partitions }: Dataset, profileId: RawBuilder<unknown>): RawBuilder<number> {
  const mask = sql.lit(partitions - 1);
  const added = sql.lit(Number(addedToHash % BigInt(partitions)));
  return sql`(((hashint8extended(${profileId}, ${partitionSeed}) & ${mask}) + ${added}) & ${mask})::integer`;
}
