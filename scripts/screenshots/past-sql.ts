import pg from 'pg';
import { randomStream } from '../../src/cli/demo/random.ts';

/** Days for which the segments of the shop have been there. */
const ageDays = 120;

/**
 * Gives the segments of a new server a past: without it everybody joined today, and what shows how segments change over time shows
 * nothing. Who came and who left adds up to the users that each of them really has.
 */
export async function giveSegmentsAPast(databaseUrl: string, schema: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ no: number; users: string }>(
      `SELECT s.no, sum(c.users) AS users FROM ${schema}.segment s JOIN ${schema}.segment_count c USING (set_no) GROUP BY s.no`,
    );
    await client.query(`DELETE FROM ${schema}.segment_history`);
    for (const { no, users } of rows) {
      const days = pastOf(no, Number(users));
      await client.query(
        `INSERT INTO ${schema}.segment_history (segment_no, day, stripe, joined, "left", deleted)
         SELECT $1, current_date - ago, 0, joined, gone, 0
         FROM unnest($2::int[], $3::bigint[], $4::bigint[]) AS past (ago, joined, gone)`,
        [no, days.map(({ ago }) => ago), days.map(({ joined }) => joined), days.map(({ left }) => left)],
      );
    }
    await client.query(
      `UPDATE ${schema}.segment SET created_at = now() - make_interval(days => $1), updated_at = now() - make_interval(days => no * 3)`,
      [ageDays],
    );
  } finally {
    await client.end();
  }
}

interface PastDay {
  /** Days before today. */
  ago: number;
  joined: number;
  left: number;
}

/** Most were found when the segment was made; a few came and went on every day since. */
function pastOf(seed: number, users: number): PastDay[] {
  const random = randomStream(0x9a57, seed);
  const perDay = users / 250;
  const days = Array.from({ length: ageDays }, (_, ago) => {
    const weekend = new Date(Date.now() - ago * 86_400_000).getUTCDay() % 6 === 0 ? 0.5 : 1;
    return {
      ago,
      joined: Math.round(perDay * weekend * (0.5 + random())),
      left: Math.round(perDay * weekend * 0.45 * random()),
    };
  });
  const since = days.reduce((sum, { joined, left }) => sum + joined - left, 0);
  return [...days, { ago: ageDays, joined: Math.max(0, users - since), left: 0 }];
}
