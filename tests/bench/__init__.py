"""What the site costs, as ratios to a bare Django page of the same run. docs/benchmarks/README.md says how to read it."""
