"""What a running process holds: sockets with bounds, connections, counters, its log, its mail."""
