"""What МСЭД calls, and what staff look at."""
