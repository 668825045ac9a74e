"""A party as incidents speak of it: verified incidents over time, pattern assessment by two people, status events."""
