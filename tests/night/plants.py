"""Bugs to plant: where, which text, by which other text, and the tests that must then fail."""

from __future__ import annotations

from dataclasses import dataclass

POST = "ledger/sql/functions/post.sql"
RULES = "ledger/sql/functions/rules.sql"
PROTECTIONS = "ledger/sql/functions/protections.sql"
SCHEMA = "migrations/versions/0001_ledger.sql"
D = "tests/database"
LOCK = "  perform pg_advisory_xact_lock(20210917);\n"
HEAD = "  select * into head from chain_link order by last_seq desc limit 1;\n"


@dataclass(frozen=True)
class Plant:
    """One bug: each (file, text) becomes the text beside it; `caught_by` are names of tests."""

    name: str
    changes: tuple[tuple[str, str, str], ...]
    caught_by: str


def _plant(name: str, caught_by: str, *changes: tuple[str, str, str]) -> Plant:
    return Plant(name, changes, caught_by)


PLANTS = (
    _plant(
        "rounding: an issue is rounded up",
        "tests/property/test_conversion.py",
        (
            "ledger/conversion.py",
            "bonus = bonused * (self.rate_issued - self.rate_paid) // self.rate_paid",
            "bonus = -(-bonused * (self.rate_issued - self.rate_paid) // self.rate_paid)",
        ),
    ),
    _plant(
        "rounding: the bound of a remainder is not looked at",
        f"{D}/test_refusals.py",
        (RULES, "declared between 0 and (rate_paid - 1) * lines::bigint", "declared >= 0"),
    ),
    _plant(
        "order of lots: latest expiry first",
        "tests/unit/test_lots.py",
        (
            "ledger/lots.py",
            "eligible.sort(key=lambda lot: (lot.expires, lot.account))",
            "eligible.sort(key=lambda lot: (lot.expires, lot.account), reverse=True)",
        ),
    ),
    _plant(
        "lots: a plan that lost a race is refused",
        f"{D}/test_contention.py::test_money_that_suffices_is_never_refused_whoever_pays_at_once",
        ("ledger/paying.py", "replace(purchase.act, replan=True)", "replace(purchase.act)"),
    ),
    _plant(
        "lots: a rule accepts everybody",
        f"{D}/test_minting.py",
        (POST, "and not accepted(rule[d], accounts[c])", "and false"),
    ),
    _plant(
        "lock order: the head is read before the lock",
        f"{D}/test_contention.py::test_four_processes_on_twenty_accounts_lose_and_make_nothing",
        (
            POST,
            f"{LOCK}{HEAD}",
            f"{HEAD}{LOCK}",
        ),
    ),
    _plant(
        "lock: posting takes none",
        f"{D}/test_contention.py::test_four_processes_on_twenty_accounts_lose_and_make_nothing",
        (POST, LOCK, ""),
    ),
    _plant(
        "lock: closing a key takes none",
        "tests/night/test_closing.py",
        ("ledger/sql/functions/keys.sql", f"{LOCK}  -- What is", "  -- What is"),
    ),
    _plant(
        "lock: closing an act takes none",
        f"{D}/test_closing.py::test_of_a_payment_and_the_closing_of_its_request_exactly_one_happens",
        ("ledger/sql/functions/keys.sql", f"{LOCK}  perform pg_logical", "  perform pg_logical"),
    ),
    _plant(
        "a closed act is not looked up",
        f"{D}/test_closing.py",
        (POST, "join closed_once x on x.once = e_once[i]", "join closed_once x on false"),
    ),
    _plant(
        "the clock of a ledger in use goes back",
        f"{D}/test_clock.py",
        (
            "ledger/sql/functions/governance.sql",
            "select not s.demo or move_clock.ahead < s.clock_ahead from scheme s",
            "select not s.demo from scheme s",
        ),
        (PROTECTIONS, "or new.clock_ahead < old.clock_ahead", ""),
    ),
    _plant(
        "floor: neither the function nor the table looks at it",
        f"{D}/test_contention.py::test_of_two_hundred_spends_of_one_balance_exactly_one_wins",
        (POST, "when balance[d] + side[d] * amount < floor_[d]", "when false"),
        (SCHEMA, "check (balance >= floor),", ""),
    ),
    _plant(
        "floor: the function leaves it to the table",
        f"{D}/test_refusals.py",
        (POST, "when balance[d] + side[d] * amount < floor_[d]", "when false"),
    ),
    _plant(
        "idempotency: keys are not looked up and not unique",
        f"{D}/test_contention.py::test_a_thousand_identical_requests_are_one_entry_and_one_answer",
        (
            POST,
            "join journal j on j.key = e_key[i] and j.party = e_party[i]",
            "join journal j on false",
        ),
        (POST, "join journal j on j.once = e_once[i]", "join journal j on false"),
        (SCHEMA, "create unique index journal_key", "create index journal_key"),
        (SCHEMA, "create unique index journal_once", "create index journal_once"),
    ),
    _plant(
        "idempotency: keys and acts are not looked up, a killed poster asks again",
        f"{D}/test_crash.py::test_a_poster_killed_fifty_times_loses_and_repeats_nothing",
        (
            POST,
            "join journal j on j.key = e_key[i] and j.party = e_party[i]",
            "join journal j on false",
        ),
        (POST, "join journal j on j.once = e_once[i]", "join journal j on false"),
        (SCHEMA, "create unique index journal_key", "create index journal_key"),
        (SCHEMA, "create unique index journal_once", "create index journal_once"),
    ),
    _plant(
        "idempotency: a refusal is forgotten",
        f"{D}/test_refusals.py",
        (
            POST,
            "insert into refusal values (e_key[i], e_party[i], e_request[i], why, posted);",
            "null;",
        ),
    ),
    _plant(
        "chain: the hash skips the later transfers",
        f"{D}/test_chain_page.py",
        (
            RULES,
            "where m.seq between link_hash.first_seq and link_hash.last_seq), ''::bytea));",
            "where false), ''::bytea));",
        ),
    ),
    _plant(
        "chain: the hash skips the remainder",
        f"{D}/test_chain_page.py",
        (
            RULES,
            "record_send(row(first_seq, last_seq, posted_at, debt, issued, remainder, reserve))",
            "record_send(row(first_seq, last_seq, posted_at, debt, issued, 0::bigint, reserve))",
        ),
    ),
    _plant(
        "template: nobody looks at it",
        f"{D}/test_minting.py",
        (
            POST,
            "get_bit(pairs[k], class[d] * 40 + class[c]) = 0",
            "false",
        ),
    ),
    _plant(
        "replay without a barrier",
        f"{D}/test_crash.py::"
        "test_a_cancelled_wait_for_a_standby_confirms_nothing_before_the_standby",
        (POST, "perform pg_logical_emit_message(true, 'ledger', 'replay')", "null"),
    ),
    _plant(
        "a cancelled wait is taken for a commit",
        f"{D}/test_crash.py::"
        "test_a_cancelled_wait_for_a_standby_confirms_nothing_before_the_standby",
        ("ledger/lane.py", 'return message.sqlstate == "01000"', 'return message.sqlstate == "0"'),
    ),
    _plant(
        "continuity: a balance need not follow from the one before",
        f"{D}/test_on_purpose.py::test_transfers_that_do_not_continue_are_refused_whoever_writes_them",
        (
            PROTECTIONS,
            "and a.balance = case a.side when 1 then r.before_debit else r.before_credit end",
            "",
        ),
    ),
    _plant(
        "append-only: the owner may change the journal",
        f"{D}/test_owner.py::test_the_owner_does_not_write_history",
        (
            PROTECTIONS,
            "before update or delete or truncate on ledger.journal\n",
            "before delete or truncate on ledger.journal\n",
        ),
    ),
    _plant(
        "refunds: without a cap",
        f"{D}/test_corrections.py",
        (RULES, "then 'refund_too_large'", "then null"),
    ),
    _plant(
        "the law is not looked at",
        f"{D}/test_minting.py",
        (RULES, "rate_issued * debt - rate_paid * issued <> remainder", "false"),
    ),
    _plant(
        "the reserve may run short",
        f"{D}/test_minting.py",
        (RULES, "when reserve < debt then 'reserve_short'", "when false then 'reserve_short'"),
    ),
    _plant(
        "an array counted from 0 moves another account",
        f"{D}/test_nonsense.py::test_accounts_counted_from_another_number_move_no_other_account",
        (
            POST,
            "if known is distinct from accounts then",
            "if cardinality(known) is distinct from cardinality(accounts) then",
        ),
    ),
    _plant(
        "an old snapshot may post",
        f"{D}/test_nonsense.py::test_a_transaction_that_may_see_the_past_posts_and_closes_nothing",
        (RULES, "in ('repeatable read', 'serializable')", "in ('another')"),
    ),
    _plant(
        "a card forgets what it spent",
        f"{D}/test_refusals.py::test_a_card_counts_what_it_paid_in_the_same_batch",
        (
            POST,
            "if e_card[i] is not null then\n        perform card_spent",
            "if false then perform card_spent",
        ),
    ),
    _plant(
        "the order of precedence: the document before the deadline",
        f"{D}/test_refusals.py",
        (
            POST,
            "when done[i]  ",
            "when documented[k] and e_document[i] is null then 'document_missing' when done[i]  ",
        ),
    ),
    _plant(
        "own rows: a replay without a barrier",
        f"{D}/test_crash.py::test_a_cancelled_wait_of_own_rows_is_unknown_and_asked_again",
        (
            "ledger/committing.py",
            'await connection.execute("select ledger.barrier()")',
            "await connection.fetchval('select 1')",
        ),
    ),
    _plant(
        "own rows: a cancelled wait during a refusal or a replay is not heard",
        f"{D}/test_crash.py::test_a_cancelled_wait_of_own_rows_is_unknown_and_asked_again",
        ("ledger/lane.py", "if any(unconfirmed(message) for message in doubts)", "if False"),
    ),
    _plant(
        "a closed key without a barrier",
        f"{D}/test_crash.py::test_a_cancelled_wait_of_own_rows_is_unknown_and_asked_again",
        ("ledger/sql/functions/keys.sql", "(true, 'ledger', 'closed')", "(false, 'ledger', '')"),
    ),
    _plant(
        "a key twice in a batch is answered twice",
        f"{D}/test_nonsense.py::test_a_key_twice_in_one_batch_is_never_answered_twice",
        (POST, "u.key = e_key[i] and u.party = e_party[i]) > 1", "false) > 1"),
    ),
    _plant(
        "own rows: the lock is taken before they are thought about",
        f"{D}/test_contention.py::test_a_caller_who_pauses_with_own_rows_stalls_no_till",
        (
            "ledger/committing.py",
            'f"begin isolation level read committed;{lock_timeout(LOCK_SECONDS)}"',
            '"begin isolation level read committed;select pg_advisory_xact_lock(20210917);"',
        ),
    ),
)
