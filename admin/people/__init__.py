"""People and what they are to the association: holders, members, staff, their roles."""
