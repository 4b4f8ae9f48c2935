"""What a holder pays with: cards and their numbers, PINs, the phone."""
