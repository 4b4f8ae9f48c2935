"""What `bousol` does on a terminal, one module for each command; `api.cli` names them."""
