import { sql } from 'kysely';
import type { Db } from '../postgres.ts';

/** What rules need and PostgreSQL 15 does not have. Qualified where it is used: the search path is pg_catalog. */
export async function up(db: Db): Promise<void> {
  // The moment that a text names: a day (2024-05-01, its beginning in UTC) or an RFC 3339 moment, decimals beyond the sixth cut
  // off. Null for every other text. A cast would throw at the first odd one, and catching that costs a subtransaction a row.
  await sql`
    CREATE FUNCTION lethe.moment_of(value text) RETURNS timestamptz
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $body$
    DECLARE
      part text[];
      year integer;
      month integer;
      day integer;
      moment timestamp;
    BEGIN
      IF length(value) < 10 OR length(value) > 64 THEN RETURN NULL; END IF;
      part := regexp_match(value, '^([0-9]{4})-([0-9]{2})-([0-9]{2})'
        || '(?:[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[.]([0-9]+))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2})))?$');
      IF part IS NULL THEN RETURN NULL; END IF;
      year := part[1];
      month := part[2];
      day := part[3];
      IF year < 1 OR month NOT BETWEEN 1 AND 12 OR day < 1 THEN RETURN NULL; END IF;
      IF day > (ARRAY[31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])[month] THEN
        IF month <> 2 OR day <> 29 OR year % 4 <> 0 OR (year % 100 = 0 AND year % 400 <> 0) THEN RETURN NULL; END IF;
      END IF;
      IF part[4] IS NULL THEN RETURN make_timestamp(year, month, day, 0, 0, 0) AT TIME ZONE 'UTC'; END IF;
      IF part[4]::integer > 23 OR part[5]::integer > 59 OR part[6]::integer > 60 THEN RETURN NULL; END IF;
      moment := make_timestamp(year, month, day, part[4]::integer, part[5]::integer, part[6]::integer)
        + rpad(left(coalesce(part[7], ''), 6), 6, '0')::integer * interval '1 microsecond';
      IF part[8] IS NULL THEN RETURN moment AT TIME ZONE 'UTC'; END IF;
      IF part[9]::integer > 23 OR part[10]::integer > 59 THEN RETURN NULL; END IF;
      RETURN (moment - (part[8] || part[9] || ':' || part[10])::interval) AT TIME ZONE 'UTC';
    END
    $body$`.execute(db);
}
