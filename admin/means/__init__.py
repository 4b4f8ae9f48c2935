"""What a holder pays with: cards and their numbers, the phone."""
