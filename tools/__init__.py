"""Set-up, start and stop of everything on one machine; plain standard library, no package needed."""
