from django.db import migrations, models

KINDS = ["resident", "officer", "administrator", "system"]


class Migration(migrations.Migration):
    dependencies = [("directory", "0003_identity_levels")]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="kind",
            field=models.CharField(
                choices=[
                    ("resident", "Resident"),
                    ("officer", "Officer"),
                    ("administrator", "Administrator"),
                    ("system", "Department's own system"),
                ],
                default="resident",
                max_length=16,
            ),
        ),
        migrations.RemoveConstraint(model_name="user", name="directory_user_kind_is_known"),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", KINDS)), name="directory_user_kind_is_known"
            ),
        ),
    ]
