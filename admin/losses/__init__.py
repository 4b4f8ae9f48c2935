"""What is lost has a way back: blocked at once, replaced after somebody was seen."""
