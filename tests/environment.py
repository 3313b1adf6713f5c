"""Settings of the tests where the environment does not give them; loaded before Django is."""

import os

os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.setdefault("MODERATION_UNDO_SECONDS", "0")  # tests of undo set their own
os.environ.setdefault("MSED_PASSWORD", "portal-speaks")
os.environ.setdefault("MSED_CALLBACK_PASSWORD", "msed-speaks")
