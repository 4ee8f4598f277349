import django.contrib.postgres.fields
from django.db import migrations, models

TABLES = ("node_lists", "exchange_grants", "exchange_revocations", "exchange_calls")
# The test runner empties tables between tests, in databases that it names test_….
FORBID = "\n".join(
    f"CREATE TRIGGER {table}_only_grow BEFORE UPDATE OR DELETE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION qipan_forbid();"
    f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
    f"WHEN (current_database() NOT LIKE 'test\\_%') EXECUTE FUNCTION qipan_forbid();"
    for table in TABLES
)
ALLOW = "\n".join(
    f"DROP TRIGGER {table}_only_grow ON {table}; DROP TRIGGER {table}_not_emptied ON {table};" for table in TABLES
)


class Migration(migrations.Migration):
    """What nodes know of each other, and a record of what passed: docs/decisions/0030."""

    dependencies = [
        ('qipan', '0010_limits'),
    ]

    operations = [
        migrations.CreateModel(
            name='StoredNodeList',
            fields=[
                ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                ('document', models.BinaryField()),
                ('key', models.TextField()),
                ('signature', models.BinaryField()),
                ('accepted_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'node_lists',
            },
        ),
        migrations.CreateModel(
            name='StoredRevocation',
            fields=[
                ('grant', models.UUIDField(primary_key=True, serialize=False)),
                ('document', models.BinaryField()),
                ('key', models.TextField()),
                ('signature', models.BinaryField()),
                ('node', models.TextField()),
                ('agency', models.TextField()),
                ('reason', models.TextField()),
                ('revoked_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'exchange_revocations',
            },
        ),
        migrations.CreateModel(
            name='Usage',
            fields=[
                ('pk', models.CompositePrimaryKey('grant', 'day', blank=True, editable=False, primary_key=True, serialize=False)),
                ('grant', models.UUIDField()),
                ('day', models.DateField()),
                ('rows', models.IntegerField()),
            ],
            options={
                'db_table': 'exchange_usage',
            },
        ),
        migrations.CreateModel(
            name='ExchangeCall',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('exchange', models.BinaryField()),
                ('side', models.TextField()),
                ('peer', models.TextField()),
                ('grant', models.UUIDField(null=True)),
                ('resource', models.TextField()),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('purpose', models.TextField()),
                ('basis', models.TextField()),
                ('case', models.TextField()),
                ('official', models.TextField()),
                ('outcome', models.TextField()),
                ('alarm', models.BooleanField(default=False)),
                ('rows', models.IntegerField()),
                ('at', models.DateTimeField()),
                ('milliseconds', models.IntegerField()),
            ],
            options={
                'db_table': 'exchange_calls',
                'indexes': [models.Index(fields=['grant', 'at'], name='exchange_calls_grant'), models.Index(fields=['exchange'], name='exchange_calls_exchange'), models.Index(condition=models.Q(('alarm', True)), fields=['at'], name='exchange_calls_alarms')],
            },
        ),
        migrations.CreateModel(
            name='Nonce',
            fields=[
                ('pk', models.CompositePrimaryKey('peer', 'nonce', blank=True, editable=False, primary_key=True, serialize=False)),
                ('peer', models.TextField()),
                ('nonce', models.BinaryField()),
                ('until', models.DateTimeField()),
            ],
            options={
                'db_table': 'exchange_nonces',
                'indexes': [models.Index(fields=['until'], name='exchange_nonces_until')],
            },
        ),
        migrations.CreateModel(
            name='StoredGrant',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('digest', models.BinaryField()),
                ('document', models.BinaryField()),
                ('signatures', models.JSONField()),
                ('resource', models.TextField()),
                ('provider_node', models.TextField()),
                ('provider_agency', models.TextField()),
                ('consumer_node', models.TextField()),
                ('consumer_agency', models.TextField()),
                ('begins', models.DateTimeField()),
                ('ends', models.DateTimeField()),
                ('issued_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'exchange_grants',
                'indexes': [models.Index(fields=['provider_agency'], name='exchange_grants_provider'), models.Index(fields=['consumer_agency'], name='exchange_grants_consumer')],
            },
        ),
        migrations.RunSQL(FORBID, ALLOW),
    ]
