-- A mirror has no foreign keys and no unique names: the service guarantees both, and events
-- of two resources may arrive in another order than the changes. A member may come before
-- its group, and a name may be given to a new user before the old one is renamed.

-- The position in the feed of each tenant, moved in the transaction that applies the events.
CREATE TABLE IF NOT EXISTS positions (
    tenant   TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS users (
    id           TEXT PRIMARY KEY, -- never changes; refer to users by it, not by name or email
    tenant       TEXT NOT NULL,
    user_name    TEXT NOT NULL COLLATE NOCASE,
    email        TEXT NOT NULL COLLATE NOCASE,
    display_name TEXT NOT NULL,
    external_id  TEXT NOT NULL,
    active       INTEGER NOT NULL,
    version      INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS users_by_name ON users (user_name);
CREATE INDEX IF NOT EXISTS users_by_email ON users (email);

-- Groups belong to the customer's provider, teams to the application's operator. A team that
-- becomes a group keeps its id, so the kind is part of the key.
CREATE TABLE IF NOT EXISTS groups (
    kind    TEXT NOT NULL, -- group or team
    id      TEXT NOT NULL,
    tenant  TEXT NOT NULL,
    name    TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT;

CREATE TABLE IF NOT EXISTS members (
    kind      TEXT NOT NULL,
    group_id  TEXT NOT NULL,
    member_id TEXT NOT NULL, -- a user, or a group within a group
    tenant    TEXT NOT NULL,
    PRIMARY KEY (kind, group_id, member_id)
) STRICT;
CREATE INDEX IF NOT EXISTS members_by_member ON members (member_id);

-- Only the hash of a session's token is stored: who reads this table can't use it.
CREATE TABLE IF NOT EXISTS sessions (
    token_hash TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL,
    expires    INTEGER NOT NULL -- Unix seconds
) STRICT;
