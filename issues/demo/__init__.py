"""The demo: people, pictures and a history of messages that looks like a region's life."""
