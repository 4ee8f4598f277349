from django.db import migrations, models


class Migration(migrations.Migration):
    """Sample residents are found without reading everybody."""

    dependencies = [("qipan", "0015_calls_for_a_case")]
    operations = [
        migrations.AddIndex(
            "person",
            models.Index(
                models.ExpressionWrapper(models.Q(story_zh=""), models.BooleanField()),
                "id",
                name="persons_sample",
                condition=models.Q(sample=True),
            ),
        ),
    ]
