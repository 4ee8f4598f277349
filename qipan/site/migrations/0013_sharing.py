import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


TABLES = ("resource_versions", "share_notices")
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
    """Requests for shared data, their roles, what was used, and what each library changed."""

    dependencies = [
        ('qipan', '0012_discarded_drafts'),
    ]

    operations = [
        migrations.CreateModel(
            name='ResourceVersion',
            fields=[
                ('pk', models.CompositePrimaryKey('resource', 'number', blank=True, editable=False, primary_key=True, serialize=False)),
                ('resource', models.TextField()),
                ('number', models.IntegerField()),
                ('library', models.IntegerField()),
                ('kind', models.TextField()),
                ('parts', models.JSONField(default=list)),
                ('released_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'resource_versions',
            },
        ),
        migrations.CreateModel(
            name='ShareNotice',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('kind', models.TextField()),
                ('resource', models.TextField()),
                ('provider', models.TextField()),
                ('official', models.BigIntegerField()),
                ('record', models.TextField(default='')),
                ('version', models.IntegerField(null=True)),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('message', models.TextField()),
                ('issued_at', models.DateTimeField()),
                ('due_on', models.DateField()),
            ],
            options={
                'db_table': 'share_notices',
            },
        ),
        migrations.CreateModel(
            name='ShareReceipt',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('grant', models.UUIDField()),
                ('consumer', models.TextField()),
                ('official', models.BigIntegerField(null=True)),
                ('answer', models.TextField(default='')),
                ('acknowledged_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'share_receipts',
            },
        ),
        migrations.CreateModel(
            name='ShareRequest',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('number', models.TextField(unique=True)),
                ('idempotency_key', models.TextField()),
                ('resource', models.TextField()),
                ('version', models.IntegerField()),
                ('share', models.TextField()),
                ('consumer', models.TextField()),
                ('provider', models.TextField()),
                ('requester', models.BigIntegerField()),
                ('event', models.TextField(default='')),
                ('services', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('purpose', models.TextField()),
                ('purpose_en', models.TextField(default='')),
                ('basis', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('region', models.TextField(default='')),
                ('region_field', models.TextField(default='')),
                ('own_cases', models.BooleanField(default=True)),
                ('modes', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('volume', models.IntegerField()),
                ('retention', models.IntegerField()),
                ('until', models.DateField()),
                ('state', models.TextField()),
                ('submitted_at', models.DateTimeField()),
                ('since', models.DateField()),
                ('due_on', models.DateField(null=True)),
                ('paused_days', models.SmallIntegerField(default=0)),
                ('paused_on', models.DateField(null=True)),
                ('granted', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('approver', models.BigIntegerField(null=True)),
                ('coordinator', models.BigIntegerField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('reason', models.TextField(default='')),
                ('document', models.BinaryField(null=True)),
                ('signatures', models.JSONField(default=dict)),
                ('grant', models.UUIDField(null=True, unique=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'share_requests',
            },
        ),
        migrations.CreateModel(
            name='UseDay',
            fields=[
                ('pk', models.CompositePrimaryKey('day', 'resource', 'giver', 'receiver', blank=True, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('resource', models.TextField()),
                ('giver', models.TextField()),
                ('receiver', models.TextField()),
                ('calls', models.IntegerField()),
                ('found', models.IntegerField()),
                ('refused', models.IntegerField()),
                ('facts', models.BigIntegerField()),
            ],
            options={
                'db_table': 'use_days',
            },
        ),
        migrations.AddField(
            model_name='official',
            name='role',
            field=models.TextField(db_default='', default=''),
        ),
        migrations.AddIndex(
            model_name='call',
            index=django.contrib.postgres.indexes.BrinIndex(fields=['at'], name='calls_at'),
        ),
        migrations.AddIndex(
            model_name='exchangecall',
            index=django.contrib.postgres.indexes.BrinIndex(fields=['at'], name='exchange_calls_at'),
        ),
        migrations.AddIndex(
            model_name='storedgrant',
            index=models.Index(fields=['resource'], name='exchange_grants_resource'),
        ),
        migrations.AddConstraint(
            model_name='official',
            constraint=models.UniqueConstraint(condition=models.Q(('role', ''), _negated=True), fields=('agency', 'name'), name='officials_one_role'),
        ),
        migrations.AddIndex(
            model_name='sharenotice',
            index=models.Index(fields=['provider', '-issued_at'], name='share_notices_provider'),
        ),
        migrations.AddField(
            model_name='sharereceipt',
            name='notice',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='qipan.sharenotice'),
        ),
        migrations.AddIndex(
            model_name='sharerequest',
            index=models.Index(fields=['consumer', '-submitted_at'], name='share_requests_consumer'),
        ),
        migrations.AddIndex(
            model_name='sharerequest',
            index=models.Index(fields=['provider', '-submitted_at'], name='share_requests_provider'),
        ),
        migrations.AddIndex(
            model_name='sharerequest',
            index=models.Index(condition=models.Q(('state', 'disputed')), fields=['due_on'], name='share_requests_disputed'),
        ),
        migrations.AddIndex(
            model_name='sharerequest',
            index=models.Index(fields=['resource', '-submitted_at'], name='share_requests_resource'),
        ),
        migrations.AddConstraint(
            model_name='sharerequest',
            constraint=models.UniqueConstraint(fields=('requester', 'idempotency_key'), name='share_requests_idempotency'),
        ),
        migrations.AddConstraint(
            model_name='sharerequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approver', models.F('requester')), _negated=True), models.Q(('coordinator', models.F('requester')), _negated=True), models.Q(('coordinator', models.F('approver')), _negated=True)), name='share_requests_four_eyes'),
        ),
        migrations.AddIndex(
            model_name='useday',
            index=models.Index(fields=['resource', 'day'], name='use_days_resource'),
        ),
        migrations.AddIndex(
            model_name='sharereceipt',
            index=models.Index(fields=['consumer', '-notice'], name='share_receipts_consumer'),
        ),
        migrations.AddConstraint(
            model_name='sharereceipt',
            constraint=models.UniqueConstraint(fields=('notice', 'grant'), name='share_receipts_once'),
        ),
        migrations.RunSQL(FORBID, ALLOW),
    ]
