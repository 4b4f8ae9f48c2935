from pathlib import Path

import pytest

from admin.telling.mail import MailFolder, Smtp
from api.process.mail_carrier import mail_carrier
from api.settings import Settings, SettingsError, load_settings, variable


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch):
    for field in Settings.model_fields:
        monkeypatch.delenv(variable(field), raising=False)


@pytest.fixture
def sentence(monkeypatch):
    def refused(name, value):
        monkeypatch.setenv(name, value)
        with pytest.raises(SettingsError) as refusal:
            load_settings()
        return str(refusal.value)

    return refused


def test_without_any_variable_the_association_of_the_boulonnais_runs_embedded():
    settings = load_settings()
    assert settings.embedded
    assert (settings.currency_name, settings.currency_code) == ("Bou'Sol", "BSL")
    assert (settings.redemption_policy, settings.language) == ("symmetric", "fr")
    assert (settings.wallet_mode, settings.comptoir_mode) == ("linear", "tranche")


def test_root_keeps_the_embedded_server_in_the_systems_folder(monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert load_settings().home == Path("/var/lib/bousol")


def test_a_user_keeps_the_embedded_server_in_the_own_state_folder(monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("HOME", "/somewhere/ann")
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    assert load_settings().home == Path("/somewhere/ann/.local/state/bousol")
    monkeypatch.setenv("XDG_STATE_HOME", "/somewhere/state")
    assert load_settings().home == Path("/somewhere/state/bousol")


def test_a_given_folder_wins_and_may_start_with_the_users_own(monkeypatch):
    monkeypatch.setenv("HOME", "/somewhere/ann")
    monkeypatch.setenv("BOUSOL_HOME", "~/bousol")
    assert load_settings().home == Path("/somewhere/ann/bousol")


ADDRESS = "an address such as postgresql://user@host/database"
NAME = "printable text of 1 to 120 characters"
CODE = "three capital letters other than EUR, such as BSL"
PROXIES = "addresses or networks with commas, such as 127.0.0.1,10.0.0.0/8"
SYMBOL = "1 to 4 printable characters without a space"


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("BOUSOL_DATABASE_URL", "localhost:5432", ADDRESS),
        ("BOUSOL_DATABASE_URL", "mysql://app@localhost/bousol", ADDRESS),
        ("BOUSOL_DATABASE_URL", "postgresql://app@localhost", ADDRESS),
        ("BOUSOL_MIGRATION_URL", "postgresql://[::1/bousol", ADDRESS),
        ("BOUSOL_MIGRATION_URL", "postgresql://owner@db:high/bousol", ADDRESS),
        ("BOUSOL_CCAS_URL", "x", ADDRESS),
        ("BOUSOL_HOME", "~nobody-here/x", "a folder named from the root, such as /srv/bousol"),
        ("BOUSOL_HOME", "state", "a folder named from the root, such as /srv/bousol"),
        ("BOUSOL_PG_BIN", "bin", "a folder named from the root, such as /srv/bousol"),
        ("BOUSOL_ISSUER_NAME", " ", NAME),
        ("BOUSOL_CURRENCY_NAME", "x" * 121, NAME),
        ("BOUSOL_CURRENCY_CODE", "bsl", CODE),
        ("BOUSOL_CURRENCY_CODE", "EUR", CODE),
        ("BOUSOL_CURRENCY_SYMBOL", "B B", SYMBOL),
        ("BOUSOL_CURRENCY_SYMBOL", "BOUSOL", SYMBOL),
        ("BOUSOL_REDEMPTION_POLICY", "both", "'symmetric' or 'sponsored'"),
        ("BOUSOL_WALLET_MODE", "Linear", "'linear' or 'tranche'"),
        ("BOUSOL_COMPTOIR_MODE", "floor", "'linear' or 'tranche'"),
        ("BOUSOL_LANGUAGE", "de", "'fr' or 'en'"),
        ("BOUSOL_TRUSTED_PROXIES", "the proxy", PROXIES),
        ("BOUSOL_TRUSTED_PROXIES", "10.0.0.1/8", PROXIES),
    ],
)
def test_a_wrong_value_is_named_with_its_variable_and_what_is_allowed(
    sentence, name, value, allowed
):
    assert sentence(name, value) == f"{name} is {value!r}; it must be {allowed}."


def test_a_refused_address_does_not_show_its_password(sentence):
    told = sentence("BOUSOL_DATABASE_URL", "mysql://app:s3cr:et@p@db/bousol")
    assert "mysql://app:***@db/bousol" in told
    assert "s3cr" not in told


def test_a_refused_token_is_not_shown(sentence):
    told = sentence("BOUSOL_METRICS_TOKEN", "too short")
    allowed = "at least 16 visible ASCII characters"
    assert told == f"BOUSOL_METRICS_TOKEN is unusable; it must be {allowed}."


def test_proxies_are_addresses_and_networks(monkeypatch):
    monkeypatch.setenv("BOUSOL_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8")
    assert load_settings().trusted_proxies == "127.0.0.1/32,10.0.0.0/8"


def test_the_settings_shown_in_a_log_hold_no_address():
    settings = Settings(database_url="postgresql://app:secret@db/bousol")
    assert "secret" not in repr(settings)


def test_a_misspelt_name_is_refused_with_the_nearest_setting(sentence):
    assert sentence("BOUSOL_DATABSE_URL", "postgresql://db/bousol") == (
        "BOUSOL_DATABSE_URL is not a setting; the nearest one is BOUSOL_DATABASE_URL."
    )


def test_an_empty_variable_is_an_unset_one(monkeypatch):
    monkeypatch.setenv("BOUSOL_LANGUAGE", "")
    assert load_settings().language == "fr"


def test_an_address_over_a_socket_is_an_address(monkeypatch):
    monkeypatch.setenv("BOUSOL_DATABASE_URL", "postgresql://app@/bousol?host=/run/postgresql")
    settings = load_settings()
    assert not settings.embedded
    assert settings.address("database_url").startswith("postgresql://app@/")


def test_one_address_given_asks_for_the_one_a_command_needs(monkeypatch):
    monkeypatch.setenv("BOUSOL_DATABASE_URL", "postgresql://app@db/bousol")
    with pytest.raises(SettingsError, match="BOUSOL_MIGRATION_URL is not set"):
        load_settings().address("migration_url")


def test_settings_do_not_change_once_read():
    with pytest.raises(ValueError, match="frozen"):
        setattr(load_settings(), "language", "en")  # noqa: B010  # why: mypy knows too


def test_a_server_for_e_mail_is_taken_as_it_is_and_never_printed(monkeypatch):
    monkeypatch.setenv("BOUSOL_SMTP_URL", "smtp://us%40er:secret@mail.example.org:587")
    monkeypatch.setenv("BOUSOL_MAIL_FROM", "bousol@example.org")
    settings = load_settings()
    assert settings.smtp_url == "smtp://us%40er:secret@mail.example.org:587"
    assert "secret" not in repr(settings)


def test_e_mail_goes_to_the_server_or_else_into_the_home(tmp_path):
    settings = Settings(home=tmp_path, mail_from="bousol@example.org")
    assert mail_carrier(settings) == MailFolder(tmp_path / "mail", "bousol@example.org")
    served = settings.model_copy(update={"smtp_url": "smtp://mail.example.org"})
    assert mail_carrier(served) == Smtp("smtp://mail.example.org", "bousol@example.org")
