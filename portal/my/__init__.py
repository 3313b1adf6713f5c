"""A resident's own messages: where each stands, what is next, and what its author can do."""
