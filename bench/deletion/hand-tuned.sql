-- Bulk deletion of one slice, written by hand to win: the other side of `npm run bench -- deletion`.
--
-- It knows everything in advance: which segment, which tables, which partitions. It keeps no progress, proves nothing, counts
-- nothing, waits for nobody, and nobody can use the dataset meanwhile. It runs on the same partitions, with the same number of
-- connections and the same server settings as the product: one transaction a slice, several slices at once.
--
-- :schema, :slice and :set are put in by bench/deletion.ts; statements end with a semicolon at the end of a line.

DELETE FROM :schema.event_:slice e USING :schema.membership_:slice w WHERE w.set_no = :set AND e.profile_id = w.profile_id;
DELETE FROM :schema.visit_:slice v USING :schema.membership_:slice w WHERE w.set_no = :set AND v.profile_id = w.profile_id;
DELETE FROM :schema.action_count_:slice a USING :schema.membership_:slice w WHERE w.set_no = :set AND a.profile_id = w.profile_id;
DELETE FROM :schema.membership_change_:slice a USING :schema.membership_:slice w WHERE w.set_no = :set AND a.profile_id = w.profile_id;
DELETE FROM :schema.clock_:slice c USING :schema.membership_:slice w WHERE w.set_no = :set AND c.profile_id = w.profile_id;
DELETE FROM :schema.profile_:slice p USING :schema.membership_:slice w WHERE w.set_no = :set AND p.id = w.profile_id;
DELETE FROM :schema.identity i USING :schema.membership_:slice w WHERE w.set_no = :set AND i.profile_id = w.profile_id;
DELETE FROM :schema.membership_:slice m USING :schema.membership_:slice w WHERE w.set_no = :set AND m.profile_id = w.profile_id;
