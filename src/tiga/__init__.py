"""tiga: a ceasefire's monitoring and verification mechanism as one signed record that both sides can verify."""

__version__ = "0.1.0"
