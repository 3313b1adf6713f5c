"""МЭДО 2.6: messages by the schema of the standard, packages as folders on a disk."""
