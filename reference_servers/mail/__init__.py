"""A mail server that delivers nothing: it keeps every letter and shows it in the browser."""
