"""Bugs to plant in the rooms of the HTTP service: the door, confirmations, tills, two persons."""

from tests.night.plants import Plant

A = "tests/api"
P = f"{A}/paying"
LET_IN = (
    f"{A}/test_access.py::"
    "test_each_operation_answers_those_the_matrix_lets_in_and_nobody_else[{}]"
)
CHANGED = f"{P}/test_confirmations.py::test_a_change_of_any_fact_voids_it"
FACTS = "_FACTS.pack(what.user.bytes, what.party, what.payee, what.amount_cents, what.key.bytes)"
CODES = f"{P}/test_paying.py::test_a_code_that_ran_out_was_altered_or_is_foreign_is_refused"
SECRET = f"{P}/test_cards.py::test_every_reason_of_the_payers_is_one_answer_in_bytes_and_time"
CLOSED = f"{P}/test_cards.py::test_a_key_that_was_closed_refuses_a_late_arrival"
CARDS, REFUNDS = "api/routes/card_payments.py", "api/routes/refunds.py"
PAYMENTS, OUTCOMES = "api/routes/payments.py", "api/routes/outcomes.py"
CHECK_TWO = "    await check_other_person(services, proposed.made_by, asker, Act.PAY_SUPPLIER)\n"


def _plant(name: str, caught_by: str, *changes: tuple[str, str, str]) -> Plant:
    return Plant(name, changes, caught_by)


def _unbound(fact: str, by: str) -> Plant:
    """A confirmation that does not bind one of its facts."""
    changed = ("admin/logins/step_up.py", FACTS, FACTS.replace(fact, by))
    return _plant(f"step-up: {fact} is not bound", CHANGED, changed)


ROOMS = (
    _plant(
        "door: the rule of a route is not looked at",
        LET_IN.format("refundPayment"),
        ("api/door.py", "        rule.check(who)\n", ""),
    ),
    _plant(
        "door: the rule of a route of the short way is not looked at",
        f"{P}/test_paying.py::test_nobody_but_a_soliste_pays_by_code",
        ("api/gate/hot.py", "        hot.rule.check(asker)\n", ""),
    ),
    _plant(
        "door: a key does what any key may",
        LET_IN.format("refundPayment"),
        (
            "api/gate/access.py",
            "self.scope is not None and self.scope in asker.scopes",
            "self.scope is not None",
        ),
    ),
    _plant(
        "door: a session of card and PIN does everything",
        LET_IN.format("pay"),
        ("api/gate/access.py", "return self.look", "return True"),
    ),
    _plant(
        "door: a route asks for another scope than the matrix",
        f"{A}/test_access.py::test_the_rule_of_each_route_is_what_the_matrix_says",
        (REFUNDS, "scope=Scope.REFUND", "scope=Scope.READ_PAYMENTS"),
    ),
    _plant(
        "own object: a card is taken at another's till",
        f"{P}/test_cards.py::test_another_merchants_till_is_answered_like_none",
        ("api/paying/tills.py", " or place.party != asker.party", ""),
    ),
    _plant(
        "own object: a card is taken in another's shift",
        f"{P}/test_cards.py::test_a_cashier_takes_in_a_shift_of_their_own_only",
        ("api/paying/tills.py", "    if not mine:\n", "    if False:\n"),
    ),
    _plant(
        "own object: another's payment is shown",
        f"{P}/test_days.py::test_a_payment_is_seen_by_both_sides_and_nobody_else",
        (
            "api/paying/looking.py",
            "place is None or asker.party not in {entry.party, place.party}",
            "place is None",
        ),
    ),
    _plant(
        "own object: another's payment is given back",
        f"{P}/test_refunds.py::test_nobody_refunds_a_refund_or_anothers_payment",
        (
            "api/paying/looking.py",
            "place is None or asker.party not in {entry.party, place.party}",
            "place is None",
        ),
        (
            "api/paying/looking.py",
            "found.place.party != asker.party",
            "found.place.party is None",
        ),
    ),
    _plant(
        "own object: a poster is made for another's till",
        f"{A}/shops/test_tills.py::test_a_merchant_with_a_shop_changes_no_till_of_another",
        (
            "api/shops/owned.py",
            "await tills.merchant_of(rows, till, lock=lock) != found.id",
            "False",
        ),
    ),
    _unbound("what.payee", "0"),
    _unbound("what.amount_cents", "0"),
    _unbound("what.key.bytes", "bytes(16)"),
    _unbound("what.user.bytes, what.party", "bytes(16), 0"),
    _plant(
        "step-up: a confirmation runs for ever",
        f"{P}/test_confirmations.py::test_a_confirmation_runs_out",
        (PAYMENTS, "return services.clock.now().timestamp() < ends", "return True"),
    ),
    _plant(
        "step-up: no proof is asked for",
        f"{P}/test_confirmations.py::test_a_wrong_pin_confirms_nothing_and_five_lock_it",
        ("api/gate/confirming.py", "    await prove(services, asker, proof)\n", ""),
    ),
    _plant(
        "step-up: a confirmation is used twice",
        "tests/database/people/test_members.py::"
        "test_a_confirmation_is_used_once_even_by_twenty_at_once",
        ("admin/logins/step_up.py", "if done.rowcount == 0:", "if False:"),
    ),
    _plant(
        "outcome: told closed, not closed",
        CLOSED,
        (
            OUTCOMES,
            "await store.close_key(connection, party=party, key=data.key)",
            "KeyClosed(data.key)",
        ),
    ),
    _plant(
        "outcome: a till is told of another's payment",
        CLOSED,
        (OUTCOMES, "if place is None or place.party != asker.party:", "if place is None:"),
    ),
    _plant(
        "outcome: a till is told why a card was refused",
        f"{P}/test_cards.py::test_the_payer_learns_the_reason_and_the_till_does_not",
        (OUTCOMES, "return _no(found, None)", "return _no(found, _reason(found, asker))"),
    ),
    _plant(
        "refunds: above what was paid",
        f"{P}/test_refunds.py::test_a_payment_goes_back_in_parts_and_never_above",
        (REFUNDS, "    if cents > rest:\n", "    if False:\n"),
        (
            "ledger/lots.py",
            "    if missing_cents:\n        raise Refund",
            "    if False:\n        raise Refund",
        ),
    ),
    _plant(
        "refunds: own money before aid",
        f"{P}/test_refunds.py::test_aid_is_restored_before_own_money",
        ("ledger/lots.py", "for u in aid + own]", "for u in own + aid]"),
    ),
    _plant(
        "refunds: all to the first lot",
        "tests/unit/test_lots.py",
        ("ledger/lots.py", "aid = [u for u in reversed(used) if", "aid = [u for u in used if"),
    ),
    _plant(
        "refunds: planned over what others gave back meanwhile",
        f"{P}/test_refunds.py::test_forty_refunds_at_once_give_back_what_was_paid_and_no_more",
        (REFUNDS, "expected=guard if len(used) > 1 else None", "expected=None"),
    ),
    _plant(
        "refunds: a public body gives a part back",
        f"{P}/test_refunds.py::test_a_public_desk_gives_back_the_whole_payment_or_nothing",
        (REFUNDS, "if found.place.is_public and cents != rest:", "if False:"),
    ),
    _plant(
        "refunds: a cashier gives back like the merchant",
        f"{P}/test_refunds.py::test_a_cashier_gives_back_the_same_day_up_to_a_cap_and_in_a_shift",
        (REFUNDS, "return asker.role not in BUSINESS", "return False"),
    ),
    _plant(
        "refunds: for ever",
        f"{P}/test_refunds.py::test_a_refund_that_comes_too_late_moves_nothing",
        (REFUNDS, "        check_window(entry.posted_at, now, limits)\n", ""),
    ),
    _plant(
        "refunds: a cashier's on any day",
        f"{P}/test_refunds.py::test_a_refund_that_comes_too_late_moves_nothing",
        (
            REFUNDS,
            "            check_cashier(cents, given_cents, **days, limits=limits)\n",
            "            pass\n",
        ),
    ),
    _plant(
        "requests: paid as often as one likes",
        f"{P}/test_battery.py::test_a_signed_request_is_used_once_by_a_hundred_payers_at_once",
        (PAYMENTS, "        once=scanned.request,\n", ""),
    ),
    _plant(
        "requests: nobody looks at the signature",
        CODES,
        (
            "merchants/codes.py",
            "        raise CodeUnreadable from None\n    if request",
            "        pass\n    if request",
        ),
    ),
    _plant(
        "requests: neither the door nor the ledger looks at the time",
        CODES,
        ("merchants/codes.py", "if request.asked.expires_at <= at:", "if False:"),
        (PAYMENTS, "        not_after=scanned.not_after,\n", ""),
    ),
    _plant(
        "requests: the ledger is not told until when they run",
        f"{P}/test_paying.py::test_a_request_that_ran_out_by_the_ledgers_clock_is_not_paid",
        (PAYMENTS, "        not_after=scanned.not_after,\n", ""),
    ),
    _plant(
        "requests: what is wrong with a code stops nobody",
        CODES,
        (
            PAYMENTS,
            "posting.refuse_unless_answered(services, acted, scanned.trouble)",
            "posting.refuse_unless_answered(services, acted, None)",
        ),
    ),
    _plant(
        "PIN: tries are not counted",
        f"{P}/test_cards.py::"
        "test_after_five_wrong_pins_the_right_one_is_refused_and_the_till_is_not_told_why",
        ("admin/logins/pins.py", "values(tries=PIN.c.tries + 1)", "values(tries=PIN.c.tries)"),
    ),
    _plant(
        "PIN: a wrong one makes the next five possible",
        "tests/database/people/test_secrets.py::test_of_a_hundred_tries_at_once_five_are_evaluated",
        (
            "admin/logins/pins.py",
            (
                "    if not hmac.compare_digest(stored, digest(pepper, user, pin)):\n"
                "        raise WrongPin\n"
            ),
            "    wrong = not hmac.compare_digest(stored, digest(pepper, user, pin))\n",
        ),
        (
            "admin/logins/pins.py",
            "        await connection.execute(right)\n",
            "        await connection.execute(right)\n    if wrong:\n        raise WrongPin\n",
        ),
    ),
    _plant(
        "two persons: one human being is two",
        f"{A}/signin/test_roles.py::test_one_human_being_is_not_two_persons",
        (
            "admin/roles.py",
            "    if second.is_same_person(first):\n        raise Same",
            "    if False:\n        raise Same",
        ),
    ),
    _plant(
        "two persons: two logins are two",
        f"{A}/invoices/test_suppliers.py::test_one_human_being_with_two_logins_is_no_second_person",
        (
            "admin/roles.py",
            "return other.human == self.human or other.user == self.user",
            "return other.user == self.user",
        ),
    ),
    _plant(
        "two persons: a staff login comes back from one",
        f"{A}/signin/test_returning.py::"
        "test_each_of_the_first_three_gets_theirs_back_from_the_other_two",
        ("admin/losses/recovery.py", "return mine & whole &", "return mine &"),
    ),
    _plant(
        "two persons: whoever made an invoice payment confirms it",
        f"{A}/invoices/test_suppliers.py::"
        "test_above_the_limit_money_moves_only_when_another_person_agrees",
        ("api/invoices/invoicing.py", f"{CHECK_TWO}    async with", "    async with"),
    ),
    _plant(
        "two persons: one treasurer approves a redemption twice",
        f"{A}/invoices/test_redemptions.py::"
        "test_above_1000_two_treasurers_approve_who_are_two_human_beings",
        (
            "api/reserve/redemptions.py",
            "await check_other_person(services, seen.first_by, asker, Act.APPROVE_REDEMPTION)",
            "pass",
        ),
    ),
    _plant(
        "two persons: one treasurer books a credit above the limit",
        f"{A}/buying/test_bank_credits.py::test_alone_up_to_the_limit_above_it_a_second_treasurer",
        ("api/reserve/buying.py", "    await _check_two(services, asker, seen)\n", ""),
    ),
    _plant(
        "two persons: a decision on a merchant is confirmed by whoever made it",
        f"{A}/shops/test_life.py::test_an_approval_takes_two_persons_and_a_reason",
        ("api/shops/deciding.py", "    check_second(first, second, ACTS[made.what], now)\n", ""),
    ),
    _plant(
        "waits: each has its own time, and no request has one",
        f"{P}/test_crowds.py",
        (
            "api/edge.py",
            '        end_after(self._bounds.answer_seconds, since=scope["state"].get(WHOLE))\n',
            "",
        ),
    ),
    _plant(
        "till: told why a card is refused",
        SECRET,
        (CARDS, 'raise Problem("payment_not_possible") from None', "raise"),
    ),
    _plant(
        "till: told of a short balance",
        SECRET,
        (CARDS, "_TOLD: Final = (\n", "_TOLD: Final = (\n    InsufficientFunds,\n"),
        (
            CARDS,
            "    AboveMaximum,\n    KeyClosed,",
            "    AboveMaximum,\n    InsufficientFunds,\n    KeyClosed,",
        ),
    ),
    _plant(
        "till: a card nobody has is told apart",
        SECRET,
        (CARDS, "        raise UnknownCard\n", '        raise Problem("not_found")\n'),
    ),
    _plant(
        "till: how long a refusal takes tells its reason",
        SECRET,
        (CARDS, "        await _next_tenth(begun)\n", ""),
    ),
)
