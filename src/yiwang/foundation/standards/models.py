from django.db import models


class ElementRow(models.Model):
    """An element as the vocabulary now has it, for naming facts. Published services carry their own copies."""

    code = models.CharField(max_length=80, unique=True)
    body = models.JSONField()

    class Meta:
        db_table = "standards_element"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code
