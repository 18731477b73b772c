import { sql } from 'kysely';
import pg from 'pg';
import { on } from '../src/database/handle.ts';
import { findDataset } from '../src/datasets/dataset-sql.ts';
import type { IngestServer } from './ingest-server.ts';

/**
 * Rows a second of COPY alone: rows that the load has written as events, copied into an empty table of the same columns with the
 * one index that they need, in one transaction. What is left of it in the product is the ratio.
 */
export async function copyRate(
  { lethe, database }: IngestServer,
  rowsMax: number,
): Promise<{ rows: number; perSecond: number }> {
  const dataset = await findDataset(database.reads, 'shop');
  if (!dataset) throw new Error('the dataset is not there');
  const { event } = on(dataset, database.reads).tables;
  const { rows } = await sql<{ line: string }>`
    SELECT concat_ws(E'\\t', profile_id, id, at, received_at, action, coalesce(order_value::text, '\\N'),
                     coalesce(replace(properties::text, '\\', '\\\\'), '\\N')) AS line
    FROM ${event} ORDER BY id DESC LIMIT ${rowsMax}`.execute(database.reads);
  const client = new pg.Client({ connectionString: lethe.databaseUrl });
  await client.connect();
  try {
    await client.query(`
      CREATE TABLE lethe.copied (profile_id bigint NOT NULL, id bigint NOT NULL, at timestamptz NOT NULL,
        received_at timestamptz NOT NULL, action text NOT NULL, order_value numeric, properties jsonb);
      CREATE INDEX ON lethe.copied (profile_id, at, id)`);
    const chunks = [];
    for (let from = 0; from < rows.length; from += 500) {
      chunks.push(
        Buffer.from(
          rows
            .slice(from, from + 500)
            .map(({ line }) => `${line}\n`)
            .join(''),
        ),
      );
    }
    const began = performance.now();
    await copyIn(client, 'COPY lethe.copied FROM STDIN', chunks);
    const seconds = (performance.now() - began) / 1_000;
    await client.query('DROP TABLE lethe.copied');
    return { rows: rows.length, perSecond: Math.round(rows.length / seconds) };
  } finally {
    await client.end();
  }
}

/** What the driver asks of whoever speaks to a connection himself. */
interface CopyConnection {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

function copyIn(client: pg.Client, text: string, chunks: readonly Buffer[]): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let failure: unknown;
  client.query({
    submit: (connection: unknown) => (connection as CopyConnection).query(text),
    handleCopyInResponse: (connection: CopyConnection) => {
      for (const chunk of chunks) connection.sendCopyFromChunk(chunk);
      connection.endCopyFrom();
    },
    handleCommandComplete: () => {},
    handleReadyForQuery: () => (failure ? reject(failure) : resolve()),
    handleError: (error: unknown) => {
      failure = error;
      reject(error);
    },
  } as unknown as pg.Submittable);
  return promise;
}
