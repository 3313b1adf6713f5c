"""A million messages for measuring: planned in bulk, lived through the one workflow, stored by COPY."""
