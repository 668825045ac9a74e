"""The consultation forum: protected figures of a quarter and recommendations. Refuses to know any incident."""
