"""How the topic of a message is learned from texts: features, what was learned, and the learning; no database."""
