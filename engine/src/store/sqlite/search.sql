-- The search index in SQLite, beside the tables of `schema.sql`. A row's id is its message's
-- position. Nothing but the terms' lists of positions is kept (`content = ''`, `detail = none`):
-- texts are read from the log, and whether one matches is looked up there. Rows can be taken out
-- by their id (`contentless_delete`). Terms are lower-case ASCII letters and digits, which
-- `unicode61` leaves whole.
create virtual table if not exists search using fts5 (
    terms,
    content = '', contentless_delete = 1, detail = none, tokenize = 'unicode61'
);
insert into search_state (id, version, position) values (1, 0, 0) on conflict (id) do nothing;
