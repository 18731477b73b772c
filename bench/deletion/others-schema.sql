-- The same rows as a simple product keeps them: one table of each kind, without partitions, with the same columns and indexes.
-- `npm run bench -- deletion` makes it of the copy that the product works on.

CREATE SCHEMA plain;
CREATE TABLE plain.profile AS SELECT * FROM ds_shop.profile;
CREATE TABLE plain.identity AS SELECT * FROM ds_shop.identity;
CREATE TABLE plain.event AS SELECT * FROM ds_shop.event;
CREATE TABLE plain.visit AS SELECT * FROM ds_shop.visit;
CREATE TABLE plain.action_count AS SELECT * FROM ds_shop.action_count;
CREATE TABLE plain.membership AS SELECT * FROM ds_shop.membership;
CREATE TABLE plain.segment AS SELECT * FROM ds_shop.segment;
ALTER TABLE plain.profile ADD PRIMARY KEY (id);
ALTER TABLE plain.identity ADD PRIMARY KEY (type, value);
CREATE INDEX ON plain.identity (profile_id);
CREATE INDEX ON plain.event (profile_id, at, id);
ALTER TABLE plain.visit ADD PRIMARY KEY (profile_id, started_at);
ALTER TABLE plain.action_count ADD PRIMARY KEY (profile_id, action);
ALTER TABLE plain.membership ADD PRIMARY KEY (profile_id, set_no);
CREATE INDEX ON plain.membership (set_no, profile_id);
DROP SCHEMA ds_shop CASCADE;
