"""Fills PostgreSQL with conversations as a desk leaves them behind: `python -m benchmarks.fill`.

Everything is made inside the server, from numbers: the same count gives the same rows. A
conversation has four to eight messages, a turn for each of the customer's, and an event, a delivery
and an attempt where the desk would have written one.
"""

import argparse
import time

import psycopg

from benchmarks.console import console
from benchmarks.databases import create_database, plain
from bot.search.words import indexed

# Of a hundred conversations: 50 are closed, 50 were left with the bot; besides, what people have.
QUEUED = 150
WITH_AGENTS = 300
AGENTS = 20

# How many customer messages conversation n has (two to four), and when it began: spread over 90
# days. Half of the customers come back once.
CONVERSATIONS = """
CREATE UNLOGGED TABLE bench_made AS
SELECT n, md5('conversation' || n)::uuid::text AS id,
    md5('customer' || n %% (%(count)s / 3 * 2 + 1))::uuid::text AS customer_id,
    n %% (%(count)s / 3 * 2 + 1) AS visitor, 2 + n %% 3 AS asked,
    now() - interval '90 days' * (1 - n::float / %(count)s) - interval '1 hour' AS began,
    CASE WHEN n > %(count)s - %(queued)s THEN 'queued'
        WHEN n > %(count)s - %(queued)s - %(with_agents)s THEN 'with_agent'
        WHEN n %% 2 = 0 THEN 'closed' ELSE 'bot' END AS status,
    CASE WHEN n %% 5 = 0 THEN 'it-help' ELSE 'customer-care' END AS desk,
    CASE WHEN n %% 3 = 0 THEN 'pl' ELSE 'en' END AS language,
    md5('agent' || n %% %(agents)s)::uuid::text AS agent_id,
    'Agent ' || n %% %(agents)s AS agent_name
FROM generate_series(1, %(count)s) AS n
"""

ROWS = {
    "agents": """
INSERT INTO agents (id, email, name, language, desks, password_hash, must_change_password,
    created_at)
SELECT md5('agent' || n)::uuid::text, 'agent' || n || '@example.com', 'Agent ' || n, 'en',
    '["customer-care", "it-help"]', 'none', false, now()
FROM generate_series(0, %(agents)s - 1) AS n
""",
    "customers": """
INSERT INTO customers (id, channel, external_id, name, email, language, created_at)
SELECT DISTINCT ON (visitor) customer_id, 'web', 'visitor-' || visitor,
    CASE WHEN visitor %% 4 = 0 THEN 'Customer ' || visitor END,
    CASE WHEN visitor %% 4 = 0 THEN 'c' || visitor || '@example.com' END, language, began
FROM bench_made
""",
    "conversations": """
INSERT INTO conversations (id, customer_id, channel, thread, desk, language, status, epoch,
    agent_id, agent_name, last_seq, seen_seq, misses, upsets, repeats, dialogue_state,
    dialogue_fresh, context, handoff_reason, contact_asks, queued_at, due_at, last_customer_at,
    created_at, updated_at, closed_at)
SELECT id, customer_id, 'web', 'thread-' || n || ':' || desk, desk, language, status,
    CASE status WHEN 'bot' THEN 1 WHEN 'queued' THEN 2 ELSE 3 END,
    CASE status WHEN 'with_agent' THEN agent_id END,
    CASE status WHEN 'with_agent' THEN agent_name END,
    asked * 2, asked * 2, 0, 0, 0, %(state)s, false,
    '{"url": "https://shop.example/cart", "title": "Cart", "browser": "Mozilla/5.0 (X11)"}',
    CASE WHEN status IN ('queued', 'with_agent') THEN 'asked_for_human' END, 0,
    CASE status WHEN 'queued' THEN now() END,
    CASE status WHEN 'queued' THEN now() + interval '1 day' END,
    began + interval '1 minute' * asked, began, began + interval '1 minute' * asked,
    CASE status WHEN 'closed' THEN began + interval '1 hour' END
FROM bench_made
""",
    "messages": """
INSERT INTO messages (id, conversation_id, seq, channel, external_id, author_kind, author_name,
    agent_id, text, buttons, created_at)
SELECT md5('message' || n || '-' || seq)::uuid::text, id, seq, 'web',
    CASE seq %% 2 WHEN 1 THEN 'visitor-' || visitor || ':' || md5(n || '-' || seq)::uuid END,
    CASE WHEN seq %% 2 = 1 THEN 'customer' WHEN status = 'with_agent' THEN 'agent' ELSE 'bot' END,
    CASE WHEN seq %% 2 = 0 AND status = 'with_agent' THEN agent_name END,
    CASE WHEN seq %% 2 = 0 AND status = 'with_agent' THEN agent_id END,
    CASE seq %% 2 WHEN 1 THEN 'How long does delivery of order ' || 10000 + n || ' take?'
        ELSE 'Delivery within the country takes two working days, to the rest of Europe five. '
            || 'You can follow the parcel with the number that we sent you.' END,
    '[]', began + interval '30 seconds' * seq
FROM bench_made, generate_series(1, asked * 2) AS seq
""",
    "turns": """
INSERT INTO turns (conversation_id, message_id, message_seq, status, epoch, attempts, intent,
    confidence, answered, ranking, entities, slots, model_id, took_ms, created_at, finished_at)
SELECT id, md5('message' || n || '-' || seq)::uuid::text, seq, 'answered', 1, 1,
    'delivery_time', 0.93, 'utter_delivery_time', '[{"name": "delivery_time", "confidence": 0.93},
    {"name": "order_status", "confidence": 0.04}, {"name": "returns", "confidence": 0.01}]',
    '[{"entity": "order_number", "value": "10482", "start": 30, "end": 35}]',
    '{"language": "en", "requested_slot": null}', 'bench', 12.5,
    began + interval '30 seconds' * seq,
    began + interval '30 seconds' * seq
FROM bench_made, generate_series(1, asked * 2 - 1, 2) AS seq
""",
    "events": """
INSERT INTO events (conversation_id, kind, status, epoch, actor_kind, actor_name, details,
    created_at)
SELECT id, kind, CASE kind WHEN 'opened' THEN 'bot' ELSE status END,
    CASE kind WHEN 'opened' THEN 1 WHEN 'handed_off' THEN 2 ELSE 3 END, 'system', NULL, '{}', began
FROM bench_made, unnest(CASE status WHEN 'bot' THEN ARRAY['opened']
    WHEN 'queued' THEN ARRAY['opened', 'handed_off']
    ELSE ARRAY['opened', 'handed_off', 'claimed'] END) AS kind
""",
    "deliveries": """
INSERT INTO deliveries (message_id, conversation_id, seq, channel, status, attempts, due_at,
    created_at, delivered_at)
SELECT md5('message' || n || '-' || seq)::uuid::text, id, seq, 'web', 'delivered', 1,
    began + interval '30 seconds' * seq, began + interval '30 seconds' * seq,
    began + interval '30 seconds' * seq
FROM bench_made, generate_series(2, asked * 2, 2) AS seq
""",
    "delivery_attempts": """
INSERT INTO delivery_attempts (delivery_id, outcome, at)
SELECT id, 'delivered', delivered_at FROM deliveries
""",
    # Customers come before what they say, here all of them.
    "search_entries (customers)": """
INSERT INTO search_entries (customer_id, words)
SELECT id, array_to_tsvector(ARRAY['customer', '~customer', substr(name, 10)])
FROM customers WHERE name IS NOT NULL
""",
    "search_entries": """
INSERT INTO search_entries (message_id, conversation_id, words)
SELECT md5('message' || n || '-' || seq)::uuid::text, id, array_to_tsvector(string_to_array(
    CASE seq %% 2 WHEN 1 THEN %(asked_words)s || ' ' || 10000 + n ELSE %(said_words)s END, ' '))
FROM bench_made, generate_series(1, asked * 2) AS seq ORDER BY began
""",
}
ASKED = "How long does delivery of order take?"
SAID = (
    "Delivery within the country takes two working days, to the rest of Europe five. "
    "You can follow the parcel with the number that we sent you."
)

# What a dialogue state of the real engine weighs.
STATE = '{"v": 1, "events": "' + "x" * 2_000 + '"}'


def fill(url: str, count: int) -> dict[str, int]:
    """Adds so many conversations to an empty, migrated database; rows by table.

    Keys and indexes are dropped and made again: writing them row by row would take an hour.
    """
    values = {
        "count": count,
        "queued": min(QUEUED, count // 10),
        "with_agents": min(WITH_AGENTS, count // 10),
        "agents": AGENTS,
        "state": STATE,
        "asked_words": indexed(ASKED),
        "said_words": indexed(SAID),
    }
    rows: dict[str, int] = {}
    with psycopg.connect(plain(url), autocommit=True) as connection:
        for setting in ("synchronous_commit = off", "maintenance_work_mem = '1GB'"):
            connection.execute(f"SET {setting}".encode())
        again = _take_down(connection)
        with console.status("making conversations") as status:
            # Client-side: a server-side parameter has no type in such statements.
            cursor = psycopg.ClientCursor(connection)
            cursor.execute(CONVERSATIONS.encode(), values)
            for table, statement in ROWS.items():
                status.update(f"filling {table}")
                cursor.execute(statement.encode(), values)
                rows[table] = cursor.rowcount
            for number, statement in enumerate(again, start=1):
                status.update(f"keys and indexes: {number} of {len(again)}")
                connection.execute(statement.encode())
            connection.execute("DROP TABLE bench_made")
            status.update("VACUUM ANALYZE, CHECKPOINT")
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")
    return rows


def _take_down(connection: "psycopg.Connection[tuple[str, ...]]") -> list[str]:
    """Drops all keys and indexes; returns the statements that make them again, in order."""
    constraints = connection.execute(
        "SELECT contype::text, conrelid::regclass::text, conname, pg_get_constraintdef(oid) "
        "FROM pg_constraint WHERE connamespace = 'public'::regnamespace "
        "AND contype IN ('f', 'p', 'u') ORDER BY array_position('{p,u,f}', contype::text)"
    ).fetchall()
    indexes = connection.execute(
        "SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.schemaname = 'public' "
        "AND i.indexname NOT IN (SELECT conname FROM pg_constraint)"
    ).fetchall()
    again = []
    for kind, table, name, definition in constraints:
        # The old rows are right by construction; new ones are checked.
        unchecked = " NOT VALID" if kind == "f" else ""
        again.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}{unchecked}")
    for _, table, name, _ in reversed(constraints):
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}".encode())
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}".encode())
    return again + [definition for _, definition in indexes]


def filled_database(server: str, count: int) -> str:
    """The URL of a new one with so many conversations."""
    url = f"{server}/firstline_bench_full_{count}"
    create_database(url)
    fill(url, count)
    return url


def main() -> None:
    """Creates the database, fills it, and leaves it there."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fill", description=__doc__)
    parser.add_argument("database", help="postgresql+psycopg://…, which is created")
    parser.add_argument("--conversations", type=int, default=1_000_000)
    options = parser.parse_args()
    began = time.monotonic()
    create_database(options.database)
    rows = fill(options.database, options.conversations)
    for table, count in rows.items():
        console.print(f"{table:20} {count:>12,}")
    console.print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
