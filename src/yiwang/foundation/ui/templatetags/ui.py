"""`{% load ui %}` brings every component; README.md beside the package shows how each is called."""

from django import template

from yiwang.foundation.ui.tags import fields, lists, page, progress, words

register = template.Library()
for part in (page, words, fields, lists, progress):
    register.tags.update(part.register.tags)
    register.filters.update(part.register.filters)
