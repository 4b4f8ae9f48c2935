"""What goes over the wire: shapes in, problems and lists out, days, figures and texts as told."""
