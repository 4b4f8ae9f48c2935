"""Screens of the association's managers: approvals that end."""

from typing import Final

from api.pages.association import approvals

ROUTES: Final = approvals.ROUTES
