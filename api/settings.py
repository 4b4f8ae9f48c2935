"""What an installation may choose, read from the environment as BOUSOL_… variables.

A wrong value, or a name that is no setting, stops the start with one sentence. The policies here
are those a new ledger begins with: the redemption policy is fixed by the first issue, the modes
are dated rows afterwards.
"""

import difflib
import ipaddress
import os
import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from stdnum import bic, iban

from api.failures import Failure

PREFIX = "BOUSOL_"
NAME_CHARACTERS_MAX = 120
SYMBOL_CHARACTERS_MAX = 4
TOKEN_CHARACTERS_MIN = 16
_SECRET = {"metrics_token"}
_ADDRESS = "an address such as postgresql://user@host/database"


class SettingsError(Failure):
    """A setting cannot be used; its text is the one sentence a person reads."""


def _state_folder() -> Path:
    """Where programs of this user keep their state; as root, the system's folder."""
    if os.geteuid() == 0:
        return Path("/var/lib/bousol")
    state = os.environ.get("XDG_STATE_HOME")
    return Path(state or Path.home() / ".local" / "state") / "bousol"


# Each check below says what is allowed, to end the sentence "X is 'y'; it must be …".


def _postgres_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"postgresql", "postgres"} and parts.port != 0
    except ValueError:  # Brackets that do not close, a port that is no number.
        raise ValueError(_ADDRESS) from None
    if not usable or not parts.path.strip("/"):
        raise ValueError(_ADDRESS)
    return value


def _absolute_folder(value: Path) -> Path:
    allowed = "a folder named from the root, such as /srv/bousol"
    try:
        folder = value.expanduser()
    except RuntimeError:  # The folder of a user who does not exist.
        raise ValueError(allowed) from None
    if not folder.is_absolute():
        raise ValueError(allowed)
    return folder


def _name(value: str) -> str:
    if not 1 <= len(value.strip()) <= NAME_CHARACTERS_MAX or not value.isprintable():
        raise ValueError(f"printable text of 1 to {NAME_CHARACTERS_MAX} characters")
    return value.strip()


def _currency_code(value: str) -> str:
    if not re.fullmatch("[A-Z]{3}", value) or value == "EUR":
        raise ValueError("three capital letters other than EUR, such as BSL")
    return value


def _symbol(value: str) -> str:
    if not 1 <= len(value) <= SYMBOL_CHARACTERS_MAX or not value.isprintable() or " " in value:
        raise ValueError(f"1 to {SYMBOL_CHARACTERS_MAX} printable characters without a space")
    return value


def _smtp_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"smtp", "smtps"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("an address such as smtp://user:password@host:587")
    return value


def _mail_address(value: str) -> str:
    if not re.fullmatch(r"[^@\s<>\"]{1,64}@[^@\s<>\"]{1,255}", value):
        raise ValueError("an e-mail address such as bousol@example.org")
    return value


SmtpUrl = Annotated[str, AfterValidator(_smtp_url)]
MailAddress = Annotated[str, AfterValidator(_mail_address)]


def _token(value: str) -> str:
    if not re.fullmatch(f"[!-~]{{{TOKEN_CHARACTERS_MIN},}}", value):
        raise ValueError(f"at least {TOKEN_CHARACTERS_MIN} visible ASCII characters")
    return value


def _proxies(value: str) -> str:
    try:
        networks = [ipaddress.ip_network(part.strip()) for part in value.split(",")]
    except ValueError:
        raise ValueError(
            "addresses or networks with commas, such as 127.0.0.1,10.0.0.0/8"
        ) from None
    return ",".join(str(network) for network in networks)


def _public_url(value: str) -> str:
    """Where browsers find the service: https, or http on this machine."""
    allowed = "an address such as https://bousol.example, without a path"
    try:
        parts = urlsplit(value)
        local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
        usable = parts.scheme == "https" or (parts.scheme == "http" and local)
        usable = usable and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ValueError(allowed) from None
    if not usable or parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        raise ValueError(allowed)
    return value.rstrip("/")


def _phone(value: str) -> str:
    if not re.fullmatch(r"\+?[0-9]([ .]?[0-9]){5,17}", value):
        raise ValueError("a number as it is read out, such as 03 21 00 00 00")
    return value


def _iban(value: str) -> str:
    if not iban.is_valid(value):
        raise ValueError("an IBAN such as FR14 2004 1010 0505 0001 3M02 606")
    return iban.compact(value)


def _bic(value: str) -> str:
    if not bic.is_valid(value):
        raise ValueError("a BIC such as PSSTFRPPLIL")
    return bic.compact(value)


PostgresUrl = Annotated[str, AfterValidator(_postgres_url)]
Folder = Annotated[Path, AfterValidator(_absolute_folder)]
Name = Annotated[str, AfterValidator(_name)]
CurrencyCode = Annotated[str, AfterValidator(_currency_code)]
Symbol = Annotated[str, AfterValidator(_symbol)]
Token = Annotated[str, AfterValidator(_token)]
PublicUrl = Annotated[str, AfterValidator(_public_url)]
Phone = Annotated[str, AfterValidator(_phone)]
Iban = Annotated[str, AfterValidator(_iban)]
Bic = Annotated[str, AfterValidator(_bic)]
Proxies = Annotated[str, AfterValidator(_proxies)]
ConversionMode = Literal["linear", "tranche"]


class Settings(BaseSettings):
    """The settings of one installation, frozen once read."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True
    )

    database_url: PostgresUrl | None = Field(default=None, repr=False)
    migration_url: PostgresUrl | None = Field(default=None, repr=False)
    ccas_url: PostgresUrl | None = Field(default=None, repr=False)
    home: Folder = Field(default_factory=_state_folder)
    pg_bin: Folder | None = None
    pepper_file: Folder | None = None
    smtp_url: SmtpUrl | None = Field(default=None, repr=False)
    mail_from: MailAddress = "bousol@localhost"
    issuer_name: Name = "Association pour la Promotion de la Monnaie Citoyenne du Boulonnais"
    currency_name: Name = "Bou'Sol"
    currency_code: CurrencyCode = "BSL"
    currency_symbol: Symbol = "B"
    redemption_policy: Literal["symmetric", "sponsored"] = "symmetric"
    wallet_mode: ConversionMode = "linear"
    comptoir_mode: ConversionMode = "tranche"
    language: Literal["fr", "en"] = "fr"
    public_url: PublicUrl = "http://localhost:8000"
    contact_phone: Phone = "03 53 01 00 00"
    iban: Iban | None = None
    bic: Bic | None = None
    metrics_token: Token | None = Field(default=None, repr=False)
    trusted_proxies: Proxies | None = None

    @property
    def embedded(self) -> bool:
        """Whether the database is the embedded PostgreSQL: no address was given."""
        return self.database_url is self.migration_url is self.ccas_url is None

    def address(self, field: Literal["database_url", "migration_url", "ccas_url"]) -> str:
        """The address of a PostgreSQL run by somebody else.

        Raises:
            SettingsError: another address was given, this one was not.
        """
        assert not self.embedded, "the embedded server has its own addresses"
        url: str | None = getattr(self, field)
        if url is None:
            raise SettingsError(
                f"{variable(field)} is not set; it must be {_ADDRESS}"
                " when another database address is set."
            )
        return url


def variable(field: str) -> str:
    """The environment variable of a field: `home` is BOUSOL_HOME."""
    return f"{PREFIX}{field.upper()}"


def load_settings() -> Settings:
    """The settings of this process's environment.

    Raises:
        SettingsError: a value is wrong, or a BOUSOL_… variable is no setting.
    """
    _refuse_unknown_names()
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(_sentence(error)) from None


def _refuse_unknown_names() -> None:
    known = [variable(field) for field in Settings.model_fields]
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            near = difflib.get_close_matches(name.upper(), known, n=1, cutoff=0.0)[0]
            raise SettingsError(f"{name} is not a setting; the nearest one is {near}.")


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    field, given, context = str(first["loc"][0]), str(first["input"]), first.get("ctx", {})
    allowed = context.get("error") or context["expected"]
    shown = "unusable" if field in _SECRET else repr(_masked(given))
    return f"{variable(field)} is {shown}; it must be {allowed}."


def _masked(value: str) -> str:
    """The value without the password of an address, so that a log never holds one."""
    return re.sub(r"(://[^:/@]*):[^/]*@", r"\1:***@", value)
