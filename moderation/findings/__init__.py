"""What is noticed about a message before a person judges it (R4.2): findings explain, people decide."""
