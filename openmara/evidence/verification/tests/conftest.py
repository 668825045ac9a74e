from tests.pages import french, plain_static

__all__ = ["french", "plain_static"]
