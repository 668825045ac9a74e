"""Urgent products: the flash report (coded, cleared by another, sent as a file) and the operational alert, gone after 72 hours."""
