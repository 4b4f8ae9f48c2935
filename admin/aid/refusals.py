"""What the rules of aid refuse: one class and one published code each, as in admin.refusals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from admin.refusals import AdminRefusal

if TYPE_CHECKING:
    from ledger.money import Amount


class ClauseMissing(AdminRefusal):
    """Under a civil mandate aid lapses only by a clause of the decision: name it, or release."""

    code: ClassVar[str] = "clause_missing"


class ProgrammeMisfit(AdminRefusal):
    """This sponsor, instrument and expiry do not go together."""

    code: ClassVar[str] = "programme_misfit"


class FiliereExcluded(AdminRefusal):
    """A works council's gift does not pay ordinary food: choose other filières."""

    code: ClassVar[str] = "filiere_excluded"


class ShopExcluded(AdminRefusal):
    """A works council's gift does not pay ordinary food: leave shops out that sell it."""

    code: ClassVar[str] = "shop_excluded"


class UnknownShop(AdminRefusal):
    """No merchant has this id: look it up in the directory."""

    code: ClassVar[str] = "unknown_shop"


class ProgrammeShut(AdminRefusal):
    """The programme does not give on this day: look at its dates."""

    code: ClassVar[str] = "programme_shut"


class VersionPast(AdminRefusal):
    """A version takes effect now or later: choose another instant."""

    code: ClassVar[str] = "version_past"


@dataclass(eq=False)
class VersionNarrows(AdminRefusal):
    """Aid that was given pays in fewer shops by this version: agree to it, or leave them in.

    Its letters name these shops. `shops` of today, for `lots` of `homes` that hold something.
    """

    code: ClassVar[str] = "version_narrows"
    homes: int
    lots: int
    shops: int


class ListUnreadable(AdminRefusal):
    """The file is no list of awards: its first line names the columns, `dossier` among them."""

    code: ClassVar[str] = "list_unreadable"


@dataclass(eq=False)
class ListFaulty(AdminRefusal):
    """`count` rows of the list have faults: see the preview; nothing was written."""

    code: ClassVar[str] = "list_faulty"
    count: int


class BatchDecided(AdminRefusal):
    """The batch was approved, refused or carried out meanwhile: look at it again."""

    code: ClassVar[str] = "batch_decided"


class SponsorKeyMissing(AdminRefusal):
    """The key file of this sponsor is not the one its files were sealed with: bring it back."""

    code: ClassVar[str] = "sponsor_key_missing"


class BeneficiaryErased(AdminRefusal):
    """Nobody knows any more who this was: the key of the file was destroyed."""

    code: ClassVar[str] = "beneficiary_erased"


class BeneficiaryTaken(AdminRefusal):
    """This card's account is another file's: one person has one file."""

    code: ClassVar[str] = "beneficiary_taken"


class CardOfAnother(AdminRefusal):
    """The card at the desk is not this file's: look at the number of the file, and at the card."""

    code: ClassVar[str] = "card_of_another"


class CardStopped(AdminRefusal):
    """The card at the desk is blocked, or waits for its code: hand over one of the stock."""

    code: ClassVar[str] = "card_stopped"


class HolderHasCard(AdminRefusal):
    """The file has a card that pays: name it, or block it first if it is lost."""

    code: ClassVar[str] = "holder_has_card"


class PinUnchosen(AdminRefusal):
    """A card of the stock is handed over with a PIN that its holder chooses."""

    code: ClassVar[str] = "pin_unchosen"


class OwnAward(AdminRefusal):
    """Nobody enters, approves or gives aid to themselves: let somebody else do it."""

    code: ClassVar[str] = "own_award"


class LineMissing(AdminRefusal):
    """No euros are set aside for the desk: who approves awards opens a line first."""

    code: ClassVar[str] = "line_missing"


class LineOpen(AdminRefusal):
    """Euros are set aside for the desk already: close that line first."""

    code: ClassVar[str] = "line_open"


@dataclass(eq=False)
class LineShort(AdminRefusal):
    """The desk may give at most `possible` now: ask for less, or for the line to be refilled."""

    code: ClassVar[str] = "line_short"
    possible: Amount


@dataclass(eq=False)
class LineAboveMost(AdminRefusal):
    """Two persons set aside, and give, at most `most`: ask for less, or submit a list."""

    code: ClassVar[str] = "line_above_most"
    most: Amount


class FundHasNoDesk(AdminRefusal):
    """Every member of a food fund gets the same: give emergency aid from another programme."""

    code: ClassVar[str] = "fund_has_no_desk"


class MandateMissing(AdminRefusal):
    """Aid under a civil mandate is for who gave a live one: say the day it was signed."""

    code: ClassVar[str] = "mandate_missing"


class MandateUnfit(AdminRefusal):
    """A mandate is of a civil-mandate programme, signed by today and after the last one's end."""

    code: ClassVar[str] = "mandate_unfit"


class AwardedBefore(AdminRefusal):
    """This person has an award of this programme for this period already."""

    code: ClassVar[str] = "awarded_before"


class NotExtended(AdminRefusal):
    """An end moves later only, before it came, and within what the instrument allows."""

    code: ClassVar[str] = "not_extended"


class NothingToReturn(AdminRefusal):
    """No free euros are left in the programme."""

    code: ClassVar[str] = "nothing_to_return"


class ReturnOpen(AdminRefusal):
    """A return waits for a second person, or awards still wait for these euros."""

    code: ClassVar[str] = "return_open"


class ReturnDecided(AdminRefusal):
    """The return was confirmed or withdrawn meanwhile: look at it again."""

    code: ClassVar[str] = "return_decided"


class AwardsUnderWay(AdminRefusal):
    """Awards are being given out: their euros are converted and not everybody has theirs yet."""

    code: ClassVar[str] = "awards_under_way"


class ProofRefused(AdminRefusal):
    """The journal says what no programme can do: nothing is shown, and the association looks."""

    code: ClassVar[str] = "proof_refused"


class BatchNotExecuted(AdminRefusal):
    """Letters follow when every award of the batch has been given."""

    code: ClassVar[str] = "batch_not_executed"


class LettersPrinted(AdminRefusal):
    """No letter of this batch is left to print: name those to be printed again."""

    code: ClassVar[str] = "letters_printed"


class LettersMovedOn(AdminRefusal):
    """Letters of this batch were printed since this was asked for: nothing was printed now."""

    code: ClassVar[str] = "letters_moved_on"


@dataclass(eq=False)
class CeilingPast(AdminRefusal):
    """A ceiling is said for this year or the next one: `first` or `last`."""

    code: ClassVar[str] = "ceiling_past"
    first: int
    last: int


@dataclass(eq=False)
class CeilingKnown(AdminRefusal):
    """This year has its ceiling, or another one waits for a second treasurer: it stays."""

    code: ClassVar[str] = "ceiling_known"
    year: int


class CeilingDecided(AdminRefusal):
    """This ceiling was agreed to or withdrawn meanwhile: look at the table again."""

    code: ClassVar[str] = "ceiling_decided"


@dataclass(eq=False)
class ContributionUnfit(AdminRefusal):
    """A member of a food fund pays between `least` and `most` a month: choose another sum."""

    code: ClassVar[str] = "contribution_unfit"
    least: Amount
    most: Amount


class FundMonthFar(AdminRefusal):
    """A food fund shares out this month or the one before it: choose one of them."""

    code: ClassVar[str] = "fund_month_far"


class FundWithoutMembers(AdminRefusal):
    """Nobody is to get a share now: all have theirs, or no contribution has come."""

    code: ClassVar[str] = "fund_without_members"


class FundEmpty(AdminRefusal):
    """The fund's euros are not a cent for each member: wait for the contributions."""

    code: ClassVar[str] = "fund_empty"
