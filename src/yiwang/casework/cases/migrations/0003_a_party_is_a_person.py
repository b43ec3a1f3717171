"""The party of a case is a person, with an account or without."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def name_persons(apps, schema_editor):
    party, user = apps.get_model("cases", "Party"), apps.get_model("directory", "User")
    holder = user.objects.filter(pk=OuterRef("user")).values("person")[:1]
    party.objects.filter(user__isnull=False).update(person=Subquery(holder))


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_letters_have_numbers"),
        ("directory", "0007_mandate"),
    ]

    operations = [
        migrations.AddField(
            model_name="party",
            name="person",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.person"
            ),
        ),
        migrations.RunPython(name_persons, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField(model_name="party", name="user"),
    ]
