"""Social aid: programmes, awards and what a sponsor may know of them."""
