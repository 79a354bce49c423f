"""Floor 5: bytes from outside become drafts, or faults with names. An adapter a room; none knows another."""
