"""The report of recordings: one page that needs no network, and its figures for print."""
