"""What people are told of: messages that leave once, by e-mail or on paper."""
