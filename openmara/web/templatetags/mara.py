"""Template tags of every page; filled by the page frame."""

from django import template

register = template.Library()
