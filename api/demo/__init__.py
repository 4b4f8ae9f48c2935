"""`bousol demo`: a Boulonnais that has paid in Bou'Sols for two years, and a door to it.

`cast` says who lives there, `story` what happens on each day (pure, drawn from a seed), `living`
does it through the real flows at the demo's own clock, `serving` opens the door and says who may
come in.
"""
