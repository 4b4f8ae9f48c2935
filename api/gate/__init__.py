"""Who asks, what they may and how fast, and the proof, where money moves, that they are there."""
