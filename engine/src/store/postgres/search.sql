-- The search index in PostgreSQL, beside the tables of `schema.sql`. The vectors are made from
-- terms as they are, without positions: no parser, no dictionary and no locale of the database has
-- a say in what a word is.

-- First, as the indexer does it, so that the two never wait for one another.
insert into search_state (id, version, position) values (1, 0, 0) on conflict (id) do nothing;

create table if not exists search (
    position bigint   not null primary key, -- the message's
    terms    tsvector not null              -- its terms, and the stretch of the log it lies in
);
-- Every search reads the list of pending entries from end to end, so it is kept short (64 KiB);
-- without one, indexing takes half as long again.
create index if not exists search_terms on search using gin (terms)
    with (fastupdate = on, gin_pending_list_limit = 64);
