"""Floor 5: many reports to suggested incidents, with the weight of every match in words (docs/fusion.md)."""
