"""МЭДО stand-in: the gateway's folder with authorities behind it that answer as theirs would."""
