import pytest
from django.test import Client

from yiwang.service.catalogue import actions
from yiwang.service.catalogue.national import NationalMatter
from yiwang.service.catalogue.package import GuidanceOnly

pytestmark = pytest.mark.usefixtures("published_city")


def test_everyday_words_find_a_service(client: Client) -> None:
    answer = client.get("/api/v1/matters", {"q": "后厨的油水怎么排", "limit": 3})
    assert answer.status_code == 200
    found = answer.json()["found"]
    assert found[0]["code"] == "drainage"
    assert found[0]["name"] == {"zh": "排水许可", "en": "Drainage permit"}
    assert found[0]["department"]["en"] == "Water Bureau"
    assert found[0]["kind"] == "matter"
    assert len(found) <= 3


def test_a_guide_holds_what_the_page_shows(client: Client) -> None:
    guide = client.get("/api/v1/matters/drainage").json()
    assert guide["version"] == 1
    assert guide["promise"]["en"] == "5 working days"
    assert guide["statute"]["en"] == "15 working days"
    assert {material["key"]: material["held_by"] for material in guide["materials"]} == {
        "plan": None,
        "report": None,
        "licence": {"zh": "市场局", "en": "Market Bureau"},
    }
    assert [step["name"]["en"] for step in guide["parts"][0]["steps"]] == ["Review", "Site visit", "Decision"]
    assert [(question["element"], question["when"]) for question in guide["questions"]] == [
        ("enterprise.uscc", None),
        ("discharge.kind", None),
        ("discharge.daily_m3", 'discharge.kind != "domestic"'),
    ]
    assert [choice["code"] for choice in guide["questions"][1]["choices"]] == ["domestic", "catering"]
    assert guide["parts"][0]["procedures"][0]["basis"] == "行政许可法 第四十五条"


def test_a_bundle_holds_its_parts_and_what_they_wait_for(client: Client) -> None:
    guide = client.get("/api/v1/matters/open-a-shop").json()
    assert guide["kind"] == "bundle"
    assert [(part["key"], part["needs"]) for part in guide["parts"]] == [
        ("registration", []),
        ("drainage", ["registration"]),
    ]
    assert guide["parts"][1]["when"]["en"] == "Floor area: 20 m² or more"


def test_guidance_is_told_as_guidance(client: Client) -> None:
    actions.publish([GuidanceOnly(NationalMatter("511A-1", "排水设施迁移审批", department="区住建局"))])
    answer = client.get("/api/v1/matters/511A-1").json()
    assert answer["kind"] == "guidance"
    assert (answer["matter"]["name"], answer["matter"]["department"]) == ("排水设施迁移审批", "区住建局")


def test_bundles_are_listed(client: Client) -> None:
    assert [card["code"] for card in client.get("/api/v1/bundles").json()] == ["open-a-shop"]


def test_an_unknown_service_is_404(client: Client) -> None:
    answer = client.get("/api/v1/matters/nothing")
    assert answer.status_code == 404
    assert answer.json()["code"] == "no_such_service"


@pytest.mark.parametrize(
    "query", [{"q": "a\x00"}, {"q": "水" * 201}, {"limit": "0"}, {"limit": "101"}, {"limit": "many"}]
)
def test_what_cannot_be_asked_is_refused(client: Client, query: dict[str, str]) -> None:
    answer = client.get("/api/v1/matters", query)
    assert answer.status_code in (400, 422)
    assert answer.json()["code"]
