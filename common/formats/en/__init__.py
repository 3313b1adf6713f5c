"""Days and moments in English."""
