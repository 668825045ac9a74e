"""What became of each account and exhibit since it arrived, and the hand-over to another body on a recorded decision."""
