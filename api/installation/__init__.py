"""What an installation consists of: its databases and roles, their version, its secret files."""
