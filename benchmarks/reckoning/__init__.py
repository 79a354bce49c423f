"""What `benchmarks.mechanism` measures, one module a subject."""
