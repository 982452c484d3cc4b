"""Reports of recordings: one HTML page in one file, and figures for print."""
