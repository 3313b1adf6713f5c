"""What the models say of the database holds in the database."""

import pytest
from django.apps import apps
from django.db import connection


@pytest.mark.django_db
def test_an_index_of_some_rows_has_those_rows_only() -> None:
    # PostGIS's schema editor drops the condition of an index on a place, and nobody is told.
    partial = {
        index.name
        for model in apps.get_models()
        for index in model._meta.indexes
        if index.condition is not None
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
            " WHERE indpred IS NOT NULL"
        )
        assert partial <= {name for (name,) in cursor.fetchall()}
        assert "issue_open_places" in partial
