-- The search index in PostgreSQL, beside the tables of `schema.sql`. The vectors are made from
-- terms as they are, without positions: no parser, no dictionary and no locale of the database has
-- a say in what a word is.

-- First, as the indexer does it, so that the two never wait for one another.
insert into search_state (id, version, position) values (1, 0, 0) on conflict (id) do nothing;

create table if not exists search (
    position bigint   not null primary key, -- the message's
    terms    tsvector not null              -- its terms, and the stretch of the log it lies in
);
-- No list of pending entries: every search would read it from end to end.
create index if not exists search_terms on search using gin (terms) with (fastupdate = off);
