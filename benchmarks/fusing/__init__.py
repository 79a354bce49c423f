"""Fusion beside its peers: sets with known truth, measures, the peers' process, ours, real reports."""
