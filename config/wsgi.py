"""WSGI entry point of the web processes."""

import gc
import os
from threading import Thread

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from django.urls import resolve  # noqa: E402  (once the apps are there)

from issues import columns  # noqa: E402


def warm() -> None:
    """Gets ready what every reader needs; what is there then stays, so the collector looks past it."""
    resolve("/")
    columns.warm()
    gc.collect()
    gc.freeze()


Thread(target=warm, name="warm", daemon=True).start()
