"""An application is the applicant's, whoever fills it in."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import OuterRef, Subquery

PERSON = {"on_delete": django.db.models.deletion.PROTECT, "related_name": "+", "to": "directory.person"}
MANDATE = {"null": True, "on_delete": django.db.models.deletion.PROTECT, "related_name": "+", "to": "directory.mandate"}


def name_applicants(apps, schema_editor):
    user = apps.get_model("directory", "User")
    holder = Subquery(user.objects.filter(pk=OuterRef("owner")).values("person")[:1])
    draft, application = apps.get_model("applications", "Draft"), apps.get_model("applications", "Application")
    # Nobody could ever send a draft of an account without a person.
    draft.objects.filter(owner__person__isnull=True).delete()
    draft.objects.update(applicant=holder)
    application.objects.update(applicant=holder)


class Migration(migrations.Migration):
    # PostgreSQL alters no table on which the same transaction has pending events.
    atomic = False

    dependencies = [
        ("applications", "0007_checked_submissions"),
        ("directory", "0007_mandate"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="draft", name="applications_one_open_draft"),
        migrations.RemoveIndex(model_name="application", name="applications_of_owner"),
        migrations.AddField(model_name="draft", name="applicant", field=models.ForeignKey(null=True, **PERSON)),
        migrations.AddField(model_name="application", name="applicant", field=models.ForeignKey(null=True, **PERSON)),
        migrations.AddField(model_name="draft", name="mandate", field=models.ForeignKey(**MANDATE)),
        migrations.AddField(model_name="application", name="mandate", field=models.ForeignKey(**MANDATE)),
        migrations.AddField(
            model_name="draft", name="channel", field=models.CharField(default="web", max_length=20)
        ),
        migrations.RunPython(name_applicants, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(model_name="draft", name="applicant", field=models.ForeignKey(**PERSON)),
        migrations.AlterField(model_name="application", name="applicant", field=models.ForeignKey(**PERSON)),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(
                condition=models.Q(("corrects__isnull", True), ("submitted_as__isnull", True)),
                fields=("owner", "applicant", "service"),
                name="applications_one_open_draft",
            ),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(fields=["applicant", "-case"], name="applications_of_applicant"),
        ),
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                condition=models.Q(("mandate__isnull", False)), fields=["owner", "-case"], name="applications_of_agent"
            ),
        ),
    ]
