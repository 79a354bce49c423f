"""Floor 5: what a file says about itself, and what that does not prove."""
