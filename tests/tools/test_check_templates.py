import pytest

from tools.check_templates import keeps_to_policy, speaks


@pytest.mark.parametrize(
    "markup",
    [
        "<script>start()</script>",
        "<style>p { color: red }</style>",
        '<p style="color: red">',
        '<button onclick="go()">',
        '<form hx-on:submit="go()">',
        '<a href="javascript:go()">',
        "{{ text|safe }}",
        "{{ text | safeseq }}",
        "{% autoescape off %}",
    ],
)
def test_markup_that_the_content_security_policy_forbids_is_found(markup: str) -> None:
    assert [line.split(":")[0] for line in keeps_to_policy(f"<p>\n{markup}")] == ["2"]


@pytest.mark.parametrize(
    "markup",
    [
        '<script nonce="{{ nonce }}">start()</script>',
        "<script src=\"{% asset 'a.js' %}\" defer></script>",
        '<p class="style" data-once="x">',
        "{# <style> #}",
        "{{ text|safer }}",
    ],
)
def test_markup_that_keeps_to_the_policy_passes(markup: str) -> None:
    assert list(keeps_to_policy(markup)) == []


@pytest.mark.parametrize(
    "markup",
    [
        "<p>Welcome</p>",
        "<p>欢迎</p>",
        '<img alt="A window">',
        '<button aria-label="Close">×</button>',
        '<input type="submit" value="Send">',
        "{% block title %}Status{% endblock %}",
    ],
)
def test_words_outside_translation_are_found(markup: str) -> None:
    assert len(list(speaks(markup))) == 1


@pytest.mark.parametrize(
    "markup",
    [
        '<p>{% translate "Welcome" %} {{ name }} · 12</p>',
        "{% blocktranslate %}<b>Two</b> days{% endblocktranslate %}",
        '<a lang="zh-Hans" href="">中文</a><span translate="no">GB 32100 <i>USCC</i></span>',
        "<{{ heading }} class='card title'>{{ text }}</{{ heading }}>",
        "<svg><title>line</title></svg>{% block body_class %}narrow{% endblock %}",
        "{# a note #}{% comment %}another{% endcomment %}<!-- a third -->",
        '<input placeholder="{% translate \'Name\' %}" value="x">',
    ],
)
def test_words_in_translation_or_the_same_everywhere_pass(markup: str) -> None:
    assert list(speaks(markup)) == []


def test_text_after_an_element_that_is_not_spoken_is_looked_at_again() -> None:
    assert [line.split(": ")[1] for line in speaks("<code>a<b>b</b></code><p>After</p>")] == [
        "'After' stands outside translate"
    ]
