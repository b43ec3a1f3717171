"""One page with every component, as tests look at it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path
from django.utils.html import format_html

from yiwang.foundation.kernel.text import Words
from yiwang.foundation.standards.elements import ASKED, Choice, Element, ElementKind
from yiwang.foundation.ui.clock_line import ClockLine, Segment
from yiwang.foundation.ui.shapes import Material, Moment, Row, Step
from yiwang.foundation.ui.wording import TimeLeft

AT = datetime(2026, 3, 12, 7, tzinfo=UTC)
START = AT - timedelta(days=10)
CHOICES = (
    Choice("fire", Words("会，有明火", "Yes, over a flame"), Words("需要消防查验", "Needs a fire check")),
    Choice("none", Words("不会", "No")),
)
ELEMENTS = tuple(
    Element(
        f"gallery.{kind.value}",
        Words(f"第{number}项", f"Field {number}"),
        kind,
        choices=CHOICES,
        unit=Words("平方米", "m²") if kind is ElementKind.DECIMAL else None,
        hint=Words("照实填写。", "As it is."),
        question=Words("店里会做热食吗？", "Will you cook hot food?"),
    )
    for number, kind in enumerate(ASKED, 1)
)
LINE = ClockLine(
    start=START,
    now=AT,
    segments=(Segment(START, START + timedelta(days=7), "used"), Segment(START + timedelta(days=7), AT, "stopped")),
    promise=datetime(2026, 3, 24, 16, tzinfo=UTC),
    statute=datetime(2026, 4, 8, 16, tzinfo=UTC),
    stops=(Words("水质检测", "water test"),),
    at_least=True,
)
PLAN = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
    ' xmlns:di="http://www.omg.org/spec/DD/20100524/DI" targetNamespace="plan"><process id="p">'
    '<task id="review" name="审查"/><task id="decide" name="决定"/>'
    '<sequenceFlow id="f" sourceRef="review" targetRef="decide"/></process>'
    '<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="pl" bpmnElement="p">'
    '<bpmndi:BPMNShape id="s1" bpmnElement="review"><dc:Bounds x="50" y="50" width="100" height="80"/>'
    '</bpmndi:BPMNShape><bpmndi:BPMNShape id="s2" bpmnElement="decide">'
    '<dc:Bounds x="950" y="50" width="100" height="80"/></bpmndi:BPMNShape>'
    '<bpmndi:BPMNEdge id="e" bpmnElement="f"><di:waypoint x="150" y="90"/><di:waypoint x="950" y="90"/>'
    "</bpmndi:BPMNEdge></bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>"
)

COMPONENTS = """
{% load ui %}
{% error_summary errors %}
{% back_link "/" note="第4题，还有约6题" %}
{% breadcrumb "/" "首页" "/matters/" "全部事项" %}
<h1>每个部件</h1>
<div class="actions">{% button "继续" %}{% button "同意" kind="secondary" name="verb" value="agree" key="A" %}
{% link_button "/" "去补材料" kind="danger" %}{% link_button "/" "请补正" kind="quiet" key="C" %}</div>
<form method="post">
{% for element in elements %}{% with error=errors|get:element.code %}
{% field element error=error optional=True %}{% endwith %}{% endfor %}
{% text_field "t" name "值" hint="提示" unit="元" %}{% long_text_field "l" name "多行" error="太长" %}
{% choice_field "c" name choices "fire" %}{% choice_field "m" name choices many=True %}{% yes_no_field "y" name True %}
{% select_field "s" name choices "none" %}{% date_field "d" name "2026-03-09" error="没有这一天" %}
{% file_field "f" name accept="application/pdf" hint="PDF" %}
</form>
{% notice kind="near" title=name %}<p>还差一张图。</p>{% endnotice %}
{% why name "消防法第十五条" %}
{% empty name "从一句话开始。" href="/" action="去找事项" %}
<p>{% tag name kind="done" %} {% for left in lefts %}{% time_left left %} {% endfor %}{% time_left 3 unit="hour" %}</p>
<h2>时钟</h2>{% clock_line line name=name %}{% clock_line line name=name size="pane" %}
<h2>经过</h2>{% timeline moments %}
<h2>步骤</h2>{% steps steps %}
<h2>答案</h2>{% summary_list rows %}
{% table columns cells caption=name %}{% table columns cells caption=name hide_caption=True scroll=True %}
{% materials materials %}
{% figures figures %}
{% pagination number=2 pages=3 %}
{% filters label=name %}{% text_field "q" name width="medium" %}{% endfilters %}
<h2>办件</h2>
{% case_card title=name href="/" sentence="在等检测" number="1-42" line=line left=lefts.0 action=name action_href="/" %}
{% receipt number="310115-2026-0042187" tracking_code="7Q2M-K9XD-4TRW-0BVN-8HCZ-J3EF-A" received=at title=name %}
<p>{{ at|city_date }} {{ at|city_time }} {{ at|last_day }} {{ fen|yuan }} {{ name|words }}</p>
{% bpmn_plan src="/gallery/plan.bpmn" name=name done="review" doing="decide" %}<p>表格</p>{% endbpmn_plan %}
"""


def context() -> dict[str, Any]:
    return {
        "at": AT,
        "name": Words("名称", "Name"),
        "fen": 1234567,
        "elements": ELEMENTS,
        "errors": {"gallery.decimal": Words("请填写数字", "Enter a number"), "gallery.date": "没有2月30日"},
        "choices": (("fire", "会", "有明火"), ("none", "不会")),
        "line": LINE,
        "lefts": (TimeLeft(4), TimeLeft(0), TimeLeft(-1), TimeLeft(2, stopped=True), TimeLeft(None, done=True)),
        "moments": (
            Moment(AT, Words("检测开始", "Test begins"), by="水务局", note="第四十五条", href="/", kind="stopped"),
            Moment(START, Words("受理", "Accepted"), kind="done"),
        ),
        "steps": (Step("执照", "done"), Step("许可", "now", "还有2天"), Step("排水", "stopped"), Step("公章")),
        "rows": (Row("地址", "张江路88号", "/change/"), Row("姓名", "王**", source="来自公安局")),
        "columns": (Words("部门", "Department"), "状态", ("用了", "number")),
        "cells": (("水务局", format_html('<span class="tag tag-done">{}</span>', "已办好"), "1 天"),),
        "materials": (
            Material("平面图", hint="PDF", href="/", action="上传"),
            Material("租赁合同", given="合同.pdf", deferrable=True, due=AT),
            Material("身份证", exempt=True, source="公安局"),
        ),
        "figures": (("3,181", "在办"), ("66", "超时", "late", "/")),
    }


def fragment(text: str = COMPONENTS, **changes: Any) -> str:
    """The components alone."""
    return engines["django"].from_string(text).render({**context(), **changes})  # type: ignore[attr-defined,no-any-return]


def gallery(request: HttpRequest, base: str) -> HttpResponse:
    page = (
        "{% extends base %}{% load ui %}{% block title %}Gallery{% endblock %}{% block main %}"
        + COMPONENTS
        + "{% endblock %}{% block scripts %}{{ block.super }}"
        + '<script type="module" src="{% asset "yiwang/bpmn-plan.js" %}"></script>'
        "{% endblock %}"
    )
    held = {**context(), "base": f"ui/{base}.html"}
    return HttpResponse(engines["django"].from_string(page).render(held, request))


def plan(request: HttpRequest) -> HttpResponse:
    return HttpResponse(PLAN, content_type="application/xml")


app_name = "gallery"
pages = [path("plan.bpmn", plan, name="plan"), path("<slug:base>/", gallery, name="page")]
urlpatterns = [path("gallery/", include((pages, "gallery"))), path("", include("yiwang.web.urls"))]
