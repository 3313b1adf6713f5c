#!/bin/bash
# Run once by the database image: the portal's role owns its database and is no superuser.
set -euo pipefail

psql -v ON_ERROR_STOP=1 -v password="$PORTAL_PASSWORD" -U "$POSTGRES_USER" -d postgres <<'SQL'
CREATE ROLE portal LOGIN PASSWORD :'password';
CREATE DATABASE portal OWNER portal;
\connect portal
CREATE EXTENSION IF NOT EXISTS postgis;
SQL
