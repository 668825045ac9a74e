"""Ways back for somebody locked out: a reset after a delay, and an emergency opening of ten minutes; always by two officers."""
