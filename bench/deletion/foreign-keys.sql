-- What lets one DELETE do everything: every row knows its profile, and goes with it. All of them are indexed by it.

ALTER TABLE plain.identity ADD FOREIGN KEY (profile_id) REFERENCES plain.profile ON DELETE CASCADE;
ALTER TABLE plain.event ADD FOREIGN KEY (profile_id) REFERENCES plain.profile ON DELETE CASCADE;
ALTER TABLE plain.visit ADD FOREIGN KEY (profile_id) REFERENCES plain.profile ON DELETE CASCADE;
ALTER TABLE plain.action_count ADD FOREIGN KEY (profile_id) REFERENCES plain.profile ON DELETE CASCADE;
ALTER TABLE plain.membership ADD FOREIGN KEY (profile_id) REFERENCES plain.profile ON DELETE CASCADE;
