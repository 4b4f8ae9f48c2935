"""A resident's own screens: home, topping up, history, receipts, card, sending, membership."""
