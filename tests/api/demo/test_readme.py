"""The first payment of the README, executed as it is written there, against `bousol demo`."""

import asyncio
import json
import os
import re
import sys
from pathlib import Path

import pytest

from tests.databases import home_of_tests

ROOT = Path(__file__).parents[3]


def commands():
    """The one shell session of the README, as it is written."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)
    return found


@pytest.fixture
async def demo(server, tmp_path):
    """`bousol demo --small` on a free port, its identities in the folder the session runs in."""
    process = await asyncio.create_subprocess_exec(
        f"{sys.prefix}/bin/bousol", "demo", "--small", "--port", "0",
        cwd=tmp_path,
        env=os.environ | {"BOUSOL_HOME": str(home_of_tests())},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    assert process.stderr
    try:
        heard = b""
        while b"identities: " not in heard:
            line = await asyncio.wait_for(process.stdout.readline(), 120)
            assert line, (await process.stderr.read()).decode()
            heard += line
        yield tmp_path
    finally:
        process.terminate()
        await process.communicate()


async def test_the_first_payment_of_the_readme_is_made_as_it_is_written(demo):
    assert (demo / "demo.json").stat().st_mode & 0o077 == 0
    session = await asyncio.create_subprocess_exec(
        "sh", "-eu", "-c", commands(), cwd=demo,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    told, errors = await asyncio.wait_for(session.communicate(), 60)
    assert session.returncode == 0, errors.decode()
    answers = [json.loads(part) for part in re.split(r"(?<=\})(?=\{)", told.decode())]
    account, paid, outcome, taken, cover = answers
    assert account["balance"]["amount"] >= 12_60
    assert paid["amount"] == {"amount": 12_60, "currency": "BSL"}
    assert outcome["state"] == "paid"
    assert outcome["entry"] == paid["payment"]
    assert taken["items"][0]["short_code"] == paid["short_code"]
    assert cover["redemption_ppm"] >= 1_000_000
