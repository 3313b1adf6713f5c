"""WSGI entry point of the web processes."""

import os
from threading import Thread

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from issues import columns  # noqa: E402  (once the apps are there)

Thread(target=columns.warm, name="columns", daemon=True).start()
