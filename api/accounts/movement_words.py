"""What each kind of entry is called on a holder's statement; aid has no word of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ledger.kinds import Kind

if TYPE_CHECKING:
    from api.wire.figures import Language

_OTHER: Final[dict[Language, str]] = {"fr": "Opération", "en": "Operation"}
_WORDS: Final[dict[Kind, tuple[str, str]]] = {
    Kind.PAYMENT: ("Paiement", "Payment"),
    Kind.B2B: ("Paiement entre professionnels", "Payment between businesses"),
    Kind.P2P: ("Envoi entre particuliers", "Transfer between persons"),
    Kind.REFUND: ("Remboursement", "Refund"),
    Kind.ISSUE_TRANSFER: ("Achat par virement", "Purchase by transfer"),
    Kind.SUSPENSE_MATCH: ("Achat par virement", "Purchase by transfer"),
    Kind.ISSUE_CASH_WALLET: ("Achat en espèces", "Purchase in cash"),
    Kind.SWAP_IN: ("Billets déposés", "Notes paid in"),
    Kind.SWAP_OUT: ("Billets retirés", "Notes paid out"),
    Kind.AID_AWARD: ("Crédit", "Credit"),
    Kind.CSE_DISBURSE: ("Crédit", "Credit"),
    Kind.AID_EXPIRE: ("Fin de validité", "End of validity"),
    Kind.AID_RELEASE: ("Crédit libéré", "Credit released"),
    Kind.FEE_BSL: ("Cotisation", "Membership fee"),
    Kind.DONATION: ("Don", "Donation"),
    Kind.ISSUER_GIFT: ("Don de l’association", "Gift of the association"),
    Kind.REDEEM_HOLD: ("Reconversion demandée", "Redemption asked for"),
    Kind.REDEEM_REJECTED: ("Reconversion refusée", "Redemption rejected"),
    Kind.REVERSAL: ("Correction", "Correction"),
    Kind.HOLD: ("Montant réservé", "Amount held"),
    Kind.HOLD_CAPTURE: ("Paiement d’un montant réservé", "Payment of an amount held"),
    Kind.HOLD_RELEASE: ("Réservation levée", "Hold released"),
    Kind.OPENING: ("Solde repris", "Balance taken over"),
    Kind.ESTATE_TRANSFER: ("Succession", "Estate"),
    Kind.CLOSURE: ("Clôture", "Closing"),
}


def name_of(kind: Kind, language: Language) -> str:
    """A kind in a reader's language."""
    words = _WORDS.get(kind)
    return _OTHER[language] if words is None else words[language == "en"]
