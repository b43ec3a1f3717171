from django.db import models


class Place(models.Model):
    """A city, district or street, as its file names it, with the service hall where its windows are. Places are never
    deleted: old cases point at their codes."""

    code = models.CharField(max_length=12, unique=True)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=80)
    kind = models.CharField(max_length=8)
    window_zh = models.CharField(max_length=120, blank=True, default="")
    window_en = models.CharField(max_length=200, blank=True, default="")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=("city", "district", "street")), name="places_place_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"
