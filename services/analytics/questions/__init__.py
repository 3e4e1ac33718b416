"""Questions about clicks, answered by DuckDB from segments and the newest rows of landing, in one snapshot."""
