"""The chapters of the tour, in order; the first seven are the golden scenario and its margins."""

from api.tour.chapters import (
    aid,
    association,
    cash,
    closing,
    corrections,
    issuing,
    new_year,
    notes,
    payments,
    public,
    redemptions,
)

CHAPTERS = (
    issuing.CHAPTER,
    notes.CHAPTER,
    payments.CHAPTER,
    aid.CHAPTER,
    redemptions.CHAPTER,
    association.CHAPTER,
    corrections.CHAPTER,
    closing.CHAPTER,
    new_year.CHAPTER,
    cash.CHAPTER,
    public.CHAPTER,
)
"""In the order in which they are told."""
