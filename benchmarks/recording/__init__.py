"""What `benchmarks.record` measures, one module a subject."""
