"""What `dramatiq config.worker` loads: Django, then every app's tasks."""

import os

import django
from django.utils.module_loading import autodiscover_modules

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()
autodiscover_modules("tasks")
