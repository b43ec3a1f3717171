"""The language of the page, form or answer that is being made."""

from django.utils.translation import get_language

from yiwang.foundation.kernel.text import Words


def language() -> str:
    """zh-hans or en; Chinese where nobody asked for anything."""
    return get_language() or "zh-hans"


def said(words: Words) -> str:
    """The words in the language of the page."""
    return words.in_language(language())
