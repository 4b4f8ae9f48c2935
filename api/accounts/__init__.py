"""What holders are told of their account: who they are at a counter, a month, each movement."""
