"""How fast the system is: `make bench` and `make bench-seed`; see docs/performance.md."""
