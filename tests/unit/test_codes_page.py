"""docs/reference/codes.md tells the truth: its examples verify by what it says, and are ours."""

import base64
import json
import re
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from merchants import codes, signing
from merchants.short_code import short_code

PAGE = (Path(__file__).parents[2] / "docs/reference/codes.md").read_text(encoding="utf-8")


def example(heading):
    part = PAGE.split(f"## {heading}")[1].split("### Example")[1].split("\n## ")[0]
    return dict(re.findall(r"^    ([a-z ]+?)  +(\S.*)$", part, flags=re.MULTILINE))


def unpacked(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


REQUEST = example("The token of a payment request")
RECEIPT = example("The signature of a receipt")
SET = json.loads(re.findall(r"^    (\{.*\})$", PAGE, flags=re.MULTILINE)[0])
(PUBLISHED,) = SET["keys"]
PUBLIC = Ed25519PublicKey.from_public_bytes(unpacked(PUBLISHED["x"]))
SIGNER = signing.SigningKey(7, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
REALM = codes.Realm(REQUEST["host"], REQUEST["currency"])


def test_the_token_of_the_page_verifies_by_the_page_alone():
    token = unpacked(REQUEST["token"])
    tag = b"bousol request 1\0"
    host, code = REQUEST["host"].encode(), REQUEST["code"].encode()
    assert len(token) == 117
    PUBLIC.verify(token[53:], tag + host + b"\0" + code + b"\0" + token[:53])
    assert token[0] == 1
    assert str(token[1]) == PUBLISHED["kid"]
    assert token[2:10] == sha256(tag + host + b"\0" + REQUEST["currency"].encode()).digest()[:8]
    assert str(UUID(bytes=token[10:26])) == REQUEST["request"]
    assert str(UUID(bytes=token[26:42])) == REQUEST["place"]
    assert int.from_bytes(token[42:48]) == int(REQUEST["amount"])
    expires = datetime.fromisoformat(REQUEST["expires"]).timestamp()
    assert int.from_bytes(token[48:53]) == expires


def counted(text):
    return len(text.encode()).to_bytes(2) + text.encode()


def by_the_page(receipt):
    posted = datetime.fromisoformat(receipt["posted"])
    microseconds = int(posted.timestamp()) * 1_000_000 + posted.microsecond
    return (
        b"bousol receipt 1\0"
        + UUID(receipt["entry"]).bytes
        + int(receipt["amount"]).to_bytes(8, signed=True)
        + int(receipt["party"]).to_bytes(8, signed=True)
        + microseconds.to_bytes(8, signed=True)
        + counted(receipt["currency"])
        + counted(receipt["short code"])
        + counted(receipt["payee"])
    )


def test_the_receipt_of_the_page_verifies_by_the_page_alone():
    kid, _, signature = RECEIPT["signature"].partition(".")
    assert kid == PUBLISHED["kid"]
    PUBLIC.verify(unpacked(signature), by_the_page(RECEIPT))
    with pytest.raises(InvalidSignature):
        PUBLIC.verify(unpacked(signature), by_the_page(RECEIPT | {"amount": "1261"}))


def test_the_short_code_of_the_page_is_made_as_it_says():
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ"
    number = int.from_bytes(sha256(UUID(RECEIPT["entry"]).bytes).digest()) % 52_900
    pair, digits = divmod(number, 100)
    assert f"{letters[pair // 23]}{letters[pair % 23]}{digits:02}" == RECEIPT["short code"]


def test_what_the_page_shows_is_what_we_make():
    asked = codes.Asked(
        REQUEST["code"],
        UUID(REQUEST["request"]),
        UUID(REQUEST["place"]),
        int(REQUEST["amount"]),
        datetime.fromisoformat(REQUEST["expires"]),
    )
    link = f"https://{REALM.host}/p/{REQUEST['code']}/{REQUEST['token']}"
    assert codes.sign_request(asked, SIGNER, REALM) == link
    found = codes.parse(link, REALM)
    assert isinstance(found, codes.Request)
    at = asked.expires_at - timedelta(minutes=1)
    assert codes.verify_request(found, signing.keys_of(SET), at=at) == asked


def test_the_receipt_of_the_page_is_the_one_we_sign():
    entry = UUID(RECEIPT["entry"])
    receipt = signing.Receipt(
        entry,
        int(RECEIPT["amount"]),
        RECEIPT["currency"],
        RECEIPT["payee"],
        int(RECEIPT["party"]),
        datetime.fromisoformat(RECEIPT["posted"]),
        short_code(entry),
    )
    assert signing.receipt_bytes(receipt) == by_the_page(RECEIPT)
    assert signing.sign_receipt(receipt, SIGNER) == RECEIPT["signature"]
    assert signing.verify_receipt(receipt, RECEIPT["signature"], signing.keys_of(SET))


def test_the_set_of_the_page_is_the_one_we_publish():
    key = signing.new_key(bytes(32), key_id=7, at=datetime.fromisoformat(REQUEST["expires"]))
    (made,) = signing.public_set([key])["keys"]
    assert set(made) == set(PUBLISHED)
    assert made | {"x": PUBLISHED["x"]} == PUBLISHED
    assert SIGNER.private.public_key().public_bytes_raw() == unpacked(PUBLISHED["x"])
