"""Days and moments in Russian."""
