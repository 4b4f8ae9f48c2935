"""The words of every message: a neutral subject, and no name, sum or word of aid."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Template(StrEnum):
    """The closed list of messages."""

    ACCOUNT_OPENED = "account_opened"
    CARD_BLOCKED = "card_blocked"
    PHONE_BLOCKED = "phone_blocked"
    CARD_REPLACED = "card_replaced"
    PIN_SET = "pin_set"
    ACCESS_RENEWED = "access_renewed"
    ACCESS_CLAIMED = "access_claimed"
    SIGNED_IN_ELSEWHERE = "signed_in_elsewhere"
    CONTACT_ADDED = "contact_added"
    DETAILS_CHANGED = "details_changed"
    MEMBERSHIP_ENDS = "membership_ends"
    MONEY_WAITS = "money_waits"
    REDEMPTION_DECIDED = "redemption_decided"
    STANDING_CHANGED = "standing_changed"
    BANK_ACCOUNT_CHANGED = "bank_account_changed"
    MONEY_ARRIVED = "money_arrived"
    APPLICATION_DECIDED = "application_decided"
    BALANCE_ENDS = "balance_ends"
    APPROVAL_ENDS = "approval_ends"


SUBJECTS: Final = {"fr": "Votre compte", "en": "Your account"}
"""The same for every message."""
_ENDS: Final = {
    "fr": "\n\nSi ce n’est pas vous, présentez-vous à un comptoir ou à l’association.\n",
    "en": "\n\nIf this was not you, come to a comptoir or to the association.\n",
}
WORDS: Final[dict[Template, dict[str, str]]] = {
    Template.ACCOUNT_OPENED: {
        "fr": "Votre compte est ouvert.",
        "en": "Your account is open.",
    },
    Template.CARD_BLOCKED: {
        "fr": "Une carte de votre compte a été bloquée. Elle ne sert plus ; le compte reste.",
        "en": "A card of your account was blocked. It works no more; the account stays.",
    },
    Template.PHONE_BLOCKED: {
        "fr": "Le téléphone de votre compte a été bloqué. Il ne paie plus ; le compte reste.",
        "en": "The phone of your account was blocked. It pays no more; the account stays.",
    },
    Template.CARD_REPLACED: {
        "fr": "Une nouvelle carte a été remise pour votre compte ; l’ancienne ne sert plus.",
        "en": "A new card was handed out for your account; the old one works no more.",
    },
    Template.PIN_SET: {
        "fr": "Un nouveau code secret a été choisi pour votre compte.",
        "en": "A new PIN was chosen for your account.",
    },
    Template.ACCESS_RENEWED: {
        "fr": "Les moyens de connexion à votre compte ont été remplacés.",
        "en": "The means of signing in to your account were replaced.",
    },
    Template.ACCESS_CLAIMED: {
        "fr": "Vous avez dit à une personne avoir perdu vos moyens de connexion.",
        "en": "You told a person that you lost your means of signing in.",
    },
    Template.SIGNED_IN_ELSEWHERE: {
        "fr": "Quelqu’un s’est connecté à votre compte depuis un nouvel appareil.",
        "en": "Somebody signed in to your account on a new device.",
    },
    Template.CONTACT_ADDED: {
        "fr": "Un moyen de vous joindre a été ajouté à votre compte.",
        "en": "A way to reach you was added to your account.",
    },
    Template.DETAILS_CHANGED: {
        "fr": "Ce que votre compte sait de vous, ou comment vous joindre, a été modifié.",
        "en": "What your account knows of you, or how to reach you, was changed.",
    },
    Template.MEMBERSHIP_ENDS: {
        "fr": "Votre adhésion arrive à son terme. Ce que contient le compte reste à vous.",
        "en": "Your membership comes to its end. What the account holds stays yours.",
    },
    Template.MONEY_WAITS: {
        "fr": "Un versement attend sur votre compte. Connectez-vous pour en savoir plus.",
        "en": "A payment to your account waits. Sign in to learn more.",
    },
    Template.REDEMPTION_DECIDED: {
        "fr": "Une demande de votre compte a reçu sa réponse. Connectez-vous pour la lire.",
        "en": "A request of your account was answered. Sign in to read it.",
    },
    Template.STANDING_CHANGED: {
        "fr": "Une décision a été prise au sujet de votre compte. Connectez-vous pour la lire.",
        "en": "A decision was taken about your account. Sign in to read it.",
    },
    Template.BANK_ACCOUNT_CHANGED: {
        "fr": "Les coordonnées bancaires de votre compte ont été modifiées.",
        "en": "The bank account that belongs to your account was changed.",
    },
    Template.MONEY_ARRIVED: {
        "fr": "Un versement est arrivé sur votre compte. Connectez-vous pour en savoir plus.",
        "en": "A payment has arrived on your account. Sign in to learn more.",
    },
    Template.APPLICATION_DECIDED: {
        "fr": "Votre demande a reçu sa réponse. Contactez l’association pour la connaître.",
        "en": "Your application was answered. Contact the association to learn more.",
    },
    Template.BALANCE_ENDS: {
        "fr": "Une partie de ce que contient le compte a une date limite. Regardez votre compte.",
        "en": "Part of what the account holds has a last day. Look at your account.",
    },
    Template.APPROVAL_ENDS: {
        "fr": "Votre agrément arrive bientôt à son terme. Contactez l’association pour la suite.",
        "en": "Your approval comes to its end soon. Contact the association for what follows.",
    },
}
_NEWS: Final = {
    "fr": "Il y a du nouveau sur votre compte. Regardez-le : avec votre carte et son code, "
    "ou en vous connectant.",
    "en": "There is news of your account. Look at it: with your card and its code, "
    "or by signing in.",
}
_SECRET: Final = frozenset({Template.MONEY_ARRIVED, Template.BALANCE_ENDS})
"""Only aid and gifts end: who prints a letter, or tells it at a counter, does not learn of them."""


def told_by_others(template: Template, language: str) -> str:
    """What a message says when somebody else reads it first."""
    return (_NEWS if template in _SECRET else WORDS[template])[language]


def text_of(template: Template, language: str) -> str:
    """What a message says."""
    return WORDS[template][language] + _ENDS[language]


def written_by_others(template: Template, language: str) -> str:
    """What a letter says that somebody else prints and puts into its envelope."""
    return told_by_others(template, language) + _ENDS[language]
