from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from tests.library.centre import city
from tests.library.centre.conftest import Library
from yiwang.foundation.notifications.models import Message
from yiwang.library.centre import following, minimisation, one_source, quality, queries, watching
from yiwang.library.centre.models import FieldUse, FollowedLog
from yiwang.library.gateways.access import Asker
from yiwang.library.gateways.fragment import Fragment, Keys
from yiwang.library.gateways.gateway import NotGranted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

FOOD = Asker("officer:1", "钱一", "market", "market/food", "application", case="999900-2025-0000001")


def read_names(library: Library) -> None:
    (grant,) = queries.grants_for("market/food", "application", "security.residents@1")
    library.gateways["security"].read(Fragment("security.residents@1", ("resident_id", "name")), grant, FOOD)


def test_fields_that_were_granted_and_never_read_are_reported_from_the_owners_logs(library: Library) -> None:
    read_names(library)
    read_names(library)
    assert following.follow_all() == 2
    assert following.follow_all() == 0
    assert FieldUse.objects.get(grant="food-residents", field="name").reads == 2
    found = {line.code: line for line in minimisation.report(library.security_data)}
    assert [field.name for field in found["food-residents"].unread] == ["born"]
    assert (found["food-residents"].granted, found["food-residents"].reads) == (3, 2)
    assert [field.name for field in found["analysis-residents"].unread] == ["resident_id", "born", "district"]
    assert [line.code for line in minimisation.report(library.food_one)] == ["food-residents"]


def test_a_steward_sees_what_was_tried_in_vain_and_nobody_is_said_to_have_read_it(
    library: Library, client: Client
) -> None:
    (grant,) = queries.grants_for("market/food", "application", "security.residents@1")
    asked = Fragment("security.residents@1", ("name",), keys=Keys("resident_id", ("110000199003070220",)))
    with pytest.raises(NotGranted):
        library.gateways["security"].read(asked, grant, replace(FOOD, purpose="analysis"))
    following.follow_all()
    assert not FieldUse.objects.exists()
    (view,) = watching.logs(library.security_data)
    (line,) = view.records
    assert line.refused is not None
    assert line.refused.en == "not the purpose of the grant"
    client.force_login(library.account("security_data"))
    page = client.get(reverse("centre:log")).content.decode()
    assert "目的和授权不符" in page
    assert "未同意" in page


def test_a_steward_reads_the_log_of_their_own_department_only(library: Library) -> None:
    read_names(library)
    (view,) = watching.logs(library.security_data)
    (line,) = view.records
    assert (line.record.asker.name, line.record.asker.case, line.record.rows) == ("钱一", FOOD.case, 2)
    assert [field.en for field in line.fields] == ["Identity number", "Name"]
    assert (view.size, view.problem) == (1, "")
    assert [view.department for view in watching.logs(library.market_data)] == ["market"]
    assert watching.logs(library.food_one) == ()


def test_a_log_that_was_rewritten_is_found_out(library: Library) -> None:
    read_names(library)
    following.follow("security")
    FollowedLog.objects.filter(department="security").update(root="00" * 32)
    read_names(library)
    (view,) = watching.logs(library.security_data)
    assert "proof" in view.problem


def test_a_rule_that_falls_tells_the_data_steward_once(library: Library) -> None:
    rows = library.rows["security"]
    rows.scores = {"one_person_one_number": 0}
    assert quality.check_all() == (2, ("security.watchlist@1",))
    assert not Message.objects.exists()
    rows.scores = {"one_person_one_number": 1}
    quality.check_all()
    quality.check_all()
    told = Message.objects.filter(user=library.account("security_data"))
    assert [message.subject_en for message in told] == ["Data quality fell: Residents"]
    found = quality.of(city.RESIDENTS)
    assert found is not None
    assert [(score.percent, score.kept) for score in found.scores] == [("66.6 %", False)]


def test_what_every_contract_promises_unsaid_is_scored_in_words(library: Library) -> None:
    library.rows["security"].scores = {"required.name": 0, "key": 1}
    quality.check_all()
    found = quality.of(city.RESIDENTS)
    assert found is not None
    assert {score.words.en for score in found.scores} == {"Name: Not empty", "No record twice"}


def test_elements_without_one_source_come_first(library: Library) -> None:
    lines = {line.code: line for line in one_source.report()}
    assert lines["person.name"].state == "one"
    assert lines["enterprise.name"].sources[0].en == "Market Bureau"
