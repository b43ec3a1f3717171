"""Published services are immutable versions; loading a city publishes what has changed and nothing else."""

from typing import Any

import pytest

from tests.service.catalogue.little_city import LittleCity
from yiwang.foundation.kernel.findings import Refused
from yiwang.service.catalogue import actions, bodies, loading, queries
from yiwang.service.catalogue.models import Version
from yiwang.service.catalogue.national import NationalMatter
from yiwang.service.catalogue.package import Bundle, GuidanceOnly, Matter

DRAINAGE = "matters/drainage/matter.yaml"


def test_a_published_service_is_what_was_written(published_city: LittleCity) -> None:
    published = queries.service("drainage")
    assert isinstance(published.service, Matter)
    assert published.version == 1
    assert published.service.name.en == "Drainage permit"
    assert [task.key for task in published.service.tasks] == ["review", "site", "decide"]
    assert [part.key for part in published.plan.parts] == ["drainage"]


def test_a_bundle_carries_its_matters_and_their_elements(published_city: LittleCity) -> None:
    bundle = queries.service("open-a-shop").service
    assert isinstance(bundle, Bundle)
    assert [part.matter.code for part in bundle.parts] == ["registration", "drainage"]
    assert bundle.parts[1].matter.questions[1].element.choices[1].words.en == "Greasy"


def test_loading_twice_publishes_nothing_anew(published_city: LittleCity) -> None:
    before = Version.objects.count()
    assert loading.load(published_city.folder) == loading.Loaded((), ())
    assert Version.objects.count() == before


def test_a_change_is_a_further_version_and_the_old_one_stays(published_city: LittleCity) -> None:
    published_city.with_text(DRAINAGE, "promise: 5 working days", "promise: 4 working days")
    assert set(loading.load(published_city.folder).changed) == {"drainage", "open-a-shop"}
    assert str(queries.service("drainage").service.promise) == "4 working days"
    assert queries.service("drainage").version == 2
    assert str(queries.service("drainage", version=1).service.promise) == "5 working days"


def test_a_changed_element_makes_a_new_version_of_who_asks_it(published_city: LittleCity) -> None:
    published_city.with_text("elements/premises.yaml", "maximum:  1000", "maximum:  2000")
    assert loading.load(published_city.folder).changed == ("open-a-shop",)


def test_going_back_offers_the_old_version_again(published_city: LittleCity) -> None:
    published_city.with_text(DRAINAGE, "promise: 5 working days", "promise: 4 working days")
    loading.load(published_city.folder)
    published_city.with_text(DRAINAGE, "promise: 4 working days", "promise: 5 working days")
    loading.load(published_city.folder)
    assert queries.service("drainage").version == 1


def test_a_matter_taken_out_of_the_folder_is_offered_no_longer(published_city: LittleCity) -> None:
    (published_city.folder / "matters/senior-card/matter.yaml").unlink()
    loading.load(published_city.folder)
    with pytest.raises(queries.NotPublished):
        queries.service("senior-card")
    assert queries.service("senior-card", version=1).service.name.en == "Senior card"
    assert not [hit for hit in queries.search("老年卡") if hit.code == "senior-card"]


def test_a_city_with_an_error_publishes_nothing(published_city: LittleCity) -> None:
    published_city.with_text(DRAINAGE, "promise: 5 working days", "promise: 40 working days")
    with pytest.raises(Refused) as refused:
        loading.load(published_city.folder)
    assert "longer than the statute's" in str(refused.value)
    assert queries.service("drainage").version == 1


@pytest.mark.parametrize("code", ["drainage", "registration", "senior-card", "open-a-shop"])
def test_a_body_gives_back_exactly_the_service(published_city: LittleCity, code: str) -> None:
    service = queries.service(code).service
    assert bodies.from_body(bodies.to_body(service)) == service


def test_guidance_is_found_and_read_but_not_applied_for(published_city: LittleCity) -> None:
    imported = GuidanceOnly(
        NationalMatter(
            "511A0146000000-1", "旅馆业特种行业许可证核发", department="区公安分局", link="http://example.org/x"
        )
    )
    assert actions.publish([imported]) == ("511A0146000000-1",)
    actions.make_findable()
    assert queries.guidance("511A0146000000-1") == imported
    with pytest.raises(queries.NotPublished):
        queries.service("511A0146000000-1")
    best = queries.search("旅馆许可证")[0]
    assert (best.code, best.kind) == ("511A0146000000-1", "guidance")


def test_loading_a_city_leaves_imported_guidance_alone(published_city: LittleCity) -> None:
    actions.publish([GuidanceOnly(NationalMatter("511A", "旅馆", department="区公安分局"))])
    loading.load(published_city.folder)
    assert queries.guidance("511A").name == "旅馆"


def test_questions_in_everyday_words_find_their_matter(published_city: LittleCity) -> None:
    assert queries.search("后厨的油水怎么排")[0].code == "drainage"
    found = queries.search("开店")[0]
    assert (found.code, found.kind, found.department.en) == ("open-a-shop", "bundle", "Market Bureau")


def test_reading_a_service_costs_one_query_once_it_was_read(
    published_city: LittleCity, django_assert_num_queries: Any
) -> None:
    queries.service("open-a-shop")
    with django_assert_num_queries(1):
        queries.service("open-a-shop")
    with django_assert_num_queries(2):
        queries.guide("open-a-shop")
    with django_assert_num_queries(2):
        queries.bundles()
    with django_assert_num_queries(2):
        queries.listed()


def test_services_are_listed_with_bundles_first_and_then_by_department(published_city: LittleCity) -> None:
    assert [item.code for item in queries.listed()] == ["open-a-shop", "registration", "senior-card", "drainage"]
