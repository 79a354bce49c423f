"""What the benchmark `openrosa` is made of: a bare view, the servers, the phones."""
