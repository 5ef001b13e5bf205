"""Alembic migrations; they travel in the wheel. `hub.store.schema` runs them."""
