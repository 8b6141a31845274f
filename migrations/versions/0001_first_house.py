"""The first house.

Revision: 0001
Follows: 
"""

from alembic import op
import sqlalchemy as sa

import kit.db

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('brands',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('postal_address', sa.String(length=500), nullable=False),
    sa.Column('signature', sa.Text(), nullable=False),
    sa.Column('requires_one_click', sa.Boolean(), nullable=False),
    sa.Column('created_at', kit.db.Instant(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_brands')),
    sa.UniqueConstraint('name', name=op.f('uq_brands_name'))
    )
    op.create_table('heartbeats',
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('at', kit.db.Instant(), nullable=False),
    sa.Column('owner', sa.String(length=200), nullable=True),
    sa.Column('until', kit.db.Instant(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_heartbeats'))
    )
    op.create_table('stages',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('rule', sa.String(length=20), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stages')),
    sa.UniqueConstraint('name', name=op.f('uq_stages_name')),
    sa.UniqueConstraint('rule', name=op.f('uq_stages_rule'))
    )
    op.create_table('users',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('password_hash', sa.String(length=300), nullable=True),
    sa.Column('zone', sa.String(length=60), nullable=False),
    sa.Column('theme', sa.String(length=10), nullable=False),
    sa.Column('letter_keys', sa.Boolean(), nullable=False),
    sa.Column('created_at', kit.db.Instant(), nullable=False),
    sa.Column('disabled_at', kit.db.Instant(), nullable=True),
    sa.CheckConstraint("role IN ('admin', 'manager', 'outreach', 'relationship', 'reviewer', 'brand')", name=op.f('ck_users_role')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
    sa.UniqueConstraint('email', name=op.f('uq_users_email'))
    )
    op.create_table('workspace_settings',
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('value', kit.db.Document, nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_workspace_settings'))
    )
    op.create_table('imports',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('filename', sa.String(length=300), nullable=False),
    sa.Column('brand_id', sa.Integer(), nullable=True),
    sa.Column('mapping', kit.db.Document, nullable=False),
    sa.Column('counts', kit.db.Document, nullable=False),
    sa.Column('undo', kit.db.Document, nullable=False),
    sa.Column('actor', sa.String(length=80), nullable=False),
    sa.Column('created_at', kit.db.Instant(), nullable=False),
    sa.Column('undone_at', kit.db.Instant(), nullable=True),
    sa.ForeignKeyConstraint(['brand_id'], ['brands.id'], name=op.f('fk_imports_brand_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_imports'))
    )
    op.create_table('mailboxes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('address', sa.String(length=320), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('smtp_url', sa.String(length=300), nullable=False),
    sa.Column('imap_url', sa.String(length=300), nullable=False),
    sa.Column('user', sa.String(length=320), nullable=False),
    sa.Column('auth', sa.String(length=10), nullable=False),
    sa.Column('secret', sa.Text(), nullable=False),
    sa.Column('daily_cap', sa.Integer(), nullable=True),
    sa.Column('gap_min_s', sa.Integer(), nullable=False),
    sa.Column('gap_max_s', sa.Integer(), nullable=False),
    sa.Column('ramp', sa.Boolean(), nullable=False),
    sa.Column('window', kit.db.Document, nullable=False),
    sa.Column('zone', sa.String(length=60), nullable=False),
    sa.Column('folders', kit.db.Document, nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('paused_at', kit.db.Instant(), nullable=True),
    sa.Column('pause_reason', sa.Text(), nullable=False),
    sa.Column('created_at', kit.db.Instant(), nullable=False),
    sa.CheckConstraint("auth IN ('password', 'xoauth2')", name=op.f('ck_mailboxes_auth')),
    sa.ForeignKeyConstraint(['owner_id'], ['users.id'], name=op.f('fk_mailboxes_owner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mailboxes')),
    sa.UniqueConstraint('address', name=op.f('uq_mailboxes_address'))
    )
    op.create_table('one_time_links',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('purpose', sa.String(length=10), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('created_at', kit.db.Instant(), nullable=False),
    sa.Column('expires_at', kit.db.Instant(), nullable=False),
    sa.Column('used_at', kit.db.Instant(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_one_time_links_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_one_time_links'))
    )
    op.create_table('products',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('brand_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('difference', sa.Text(), nullable=False),
    sa.Column('audience_reason', sa.Text(), nullable=False),
    sa.Column('url', sa.String(length=500), nullable=False),
    sa.ForeignKeyConstraint(['brand_id'], ['brands.id'], name=op.f('fk_products_brand_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_products')),
    sa.UniqueConstraint('brand_id', 'name', name=op.f('uq_products_brand_id_name'))
    )
    op.create_table('sequences',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('brand_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', kit.db.Instant(), nullable=False),
    sa.Column('started_at', kit.db.Instant(), nullable=True),
    sa.Column('paused_at', kit.db.Instant(), nullable=True),
    sa.CheckConstraint("state IN ('draft', 'live', 'paused')", name=op.f('ck_sequences_state')),
    sa.ForeignKeyConstraint(['brand_id'], ['brands.id'], name=op.f('fk_sequences_brand_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sequences')),
    sa.UniqueConstraint('name', name=op.f('uq_sequences_name'))
    )
    op.create_table('sessions',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('created_at', kit.db.Instant(), nullable=False),
    sa.Column('expires_at', kit.db.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_sessions_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_sessions'))
    )
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sessions_user_id'), ['user_id'], unique=False)

    op.create_table('contacts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('first_name', sa.String(length=150), nullable=False),
    sa.Column('last_name', sa.String(length=150), nullable=False),
    sa.Column('pronouns', sa.String(length=60), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=True),
    sa.Column('city', sa.String(length=120), nullable=False),
    sa.Column('language', sa.String(length=12), nullable=True),
    sa.Column('zone', sa.String(length=60), nullable=True),
    sa.Column('topic', sa.String(length=200), nullable=False),
    sa.Column('personal_line', sa.Text(), nullable=False),
    sa.Column('fields', kit.db.Document, nullable=False),
    sa.Column('basis', sa.String(length=200), nullable=False),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('import_id', sa.Integer(), nullable=True),
    sa.Column('created_at', kit.db.Instant(), nullable=False),
    sa.Column('erased_at', kit.db.Instant(), nullable=True),
    sa.Column('search_text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['import_id'], ['imports.id'], name=op.f('fk_contacts_import_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['users.id'], name=op.f('fk_contacts_owner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contacts'))
    )
    with op.batch_alter_table('contacts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contacts_country'), ['country'], unique=False)
        batch_op.create_index(batch_op.f('ix_contacts_import_id'), ['import_id'], unique=False)

    op.create_table('mail_folders',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('mailbox_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=10), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('uid_validity', sa.BigInteger(), nullable=False),
    sa.Column('last_uid', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['mailbox_id'], ['mailboxes.id'], name=op.f('fk_mail_folders_mailbox_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_folders')),
    sa.UniqueConstraint('mailbox_id', 'role', name=op.f('uq_mail_folders_mailbox_id_role'))
    )
    op.create_table('quarantine',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('mailbox_id', sa.Integer(), nullable=False),
    sa.Column('folder', sa.String(length=300), nullable=False),
    sa.Column('uid', sa.BigInteger(), nullable=False),
    sa.Column('raw', sa.LargeBinary(), nullable=False),
    sa.Column('error', sa.Text(), nullable=False),
    sa.Column('at', kit.db.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['mailbox_id'], ['mailboxes.id'], name=op.f('fk_quarantine_mailbox_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quarantine'))
    )
    with op.batch_alter_table('quarantine', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_quarantine_mailbox_id'), ['mailbox_id'], unique=False)

    op.create_table('sequence_versions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sequence_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('document', kit.db.Document, nullable=False),
    sa.Column('bodies', kit.db.Document, nullable=False),
    sa.Column('created_at', kit.db.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['sequence_id'], ['sequences.id'], name=op.f('fk_sequence_versions_sequence_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sequence_versions')),
    sa.UniqueConstraint('sequence_id', 'number', name=op.f('uq_sequence_versions_sequence_id_number'))
    )
    op.create_table('contact_addresses',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('contact_id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('mailable', sa.String(length=10), nullable=False),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('created_at', kit.db.Instant(), nullable=False),
    sa.CheckConstraint("mailable IN ('ok', 'unknown', 'bad')", name=op.f('ck_contact_addresses_mailable')),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_contact_addresses_contact_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_addresses')),
    sa.UniqueConstraint('email', name=op.f('uq_contact_addresses_email'))
    )
    with op.batch_alter_table('contact_addresses', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contact_addresses_contact_id'), ['contact_id'], unique=False)

    op.create_table('contact_tags',
    sa.Column('contact_id', sa.Integer(), nullable=False),
    sa.Column('tag', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_contact_tags_contact_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('contact_id', 'tag', name=op.f('pk_contact_tags'))
    )
    with op.batch_alter_table('contact_tags', schema=None) as batch_op:
        batch_op.create_index('ix_contact_tags_tag', ['tag'], unique=False)

    op.create_table('handles',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('contact_id', sa.Integer(), nullable=False),
    sa.Column('platform', sa.String(length=30), nullable=False),
    sa.Column('username', sa.String(length=200), nullable=False),
    sa.Column('url', sa.String(length=500), nullable=False),
    sa.Column('topic', sa.String(length=200), nullable=False),
    sa.Column('country', sa.String(length=2), nullable=True),
    sa.Column('language', sa.String(length=12), nullable=True),
    sa.Column('price_amount', sa.Numeric(precision=14, scale=2), nullable=True),
    sa.Column('price_currency', sa.String(length=3), nullable=True),
    sa.Column('last_post_on', sa.Date(), nullable=True),
    sa.Column('followers', sa.Double(), nullable=True),
    sa.Column('avg_views', sa.Double(), nullable=True),
    sa.Column('avg_likes', sa.Double(), nullable=True),
    sa.Column('avg_comments', sa.Double(), nullable=True),
    sa.Column('engagement_rate', sa.Double(), nullable=True),
    sa.Column('created_at', kit.db.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_handles_contact_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handles')),
    sa.UniqueConstraint('platform', 'username', name=op.f('uq_handles_platform_username'))
    )
    with op.batch_alter_table('handles', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_handles_contact_id'), ['contact_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_handles_followers'), ['followers'], unique=False)

    op.create_table('relationships',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('contact_id', sa.Integer(), nullable=False),
    sa.Column('brand_id', sa.Integer(), nullable=False),
    sa.Column('stage_id', sa.Integer(), nullable=False),
    sa.Column('stage_since', kit.db.Instant(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('last_in_at', kit.db.Instant(), nullable=True),
    sa.Column('last_out_at', kit.db.Instant(), nullable=True),
    sa.Column('created_at', kit.db.Instant(), nullable=False),
    sa.ForeignKeyConstraint(['brand_id'], ['brands.id'], name=op.f('fk_relationships_brand_id')),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_relationships_contact_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['owner_id'], ['users.id'], name=op.f('fk_relationships_owner_id')),
    sa.ForeignKeyConstraint(['stage_id'], ['stages.id'], name=op.f('fk_relationships_stage_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_relationships')),
    sa.UniqueConstraint('contact_id', 'brand_id', name=op.f('uq_relationships_contact_id_brand_id'))
    )
    with op.batch_alter_table('relationships', schema=None) as batch_op:
        batch_op.create_index('ix_relationships_stage', ['brand_id', 'stage_id'], unique=False)

    op.create_table('sequence_files',
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=255), nullable=False),
    sa.Column('content_type', sa.String(length=120), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['sequence_versions.id'], name=op.f('fk_sequence_files_version_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('version_id', 'name', name=op.f('pk_sequence_files'))
    )
    op.create_table('suppressions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('target', sa.String(length=320), nullable=False),
    sa.Column('reason', sa.String(length=30), nullable=False),
    sa.Column('source', sa.String(length=300), nullable=False),
    sa.Column('contact_id', sa.Integer(), nullable=True),
    sa.Column('since', kit.db.Instant(), nullable=False),
    sa.Column('lifted_at', kit.db.Instant(), nullable=True),
    sa.Column('lifted_by', sa.String(length=80), nullable=False),
    sa.Column('lift_reason', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_suppressions_contact_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suppressions'))
    )
    with op.batch_alter_table('suppressions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_suppressions_contact_id'), ['contact_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_suppressions_target'), ['target'], unique=False)
        batch_op.create_index('uq_suppressions_active', ['target'], unique=True, sqlite_where=sa.text('lifted_at IS NULL'), postgresql_where=sa.text('lifted_at IS NULL'))

    op.create_table('tasks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('contact_id', sa.Integer(), nullable=True),
    sa.Column('brand_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('ref', sa.String(length=80), nullable=True),
    sa.Column('channel', sa.String(length=30), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('assignee_id', sa.Integer(), nullable=True),
    sa.Column('created_at', kit.db.Instant(), nullable=False),
    sa.Column('done_at', kit.db.Instant(), nullable=True),
    sa.Column('done_by', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(['assignee_id'], ['users.id'], name=op.f('fk_tasks_assignee_id')),
    sa.ForeignKeyConstraint(['brand_id'], ['brands.id'], name=op.f('fk_tasks_brand_id')),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_tasks_contact_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tasks')),
    sa.UniqueConstraint('ref', name=op.f('uq_tasks_ref'))
    )
    with op.batch_alter_table('tasks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tasks_contact_id'), ['contact_id'], unique=False)
        batch_op.create_index('ix_tasks_open', ['done_at', 'due_on'], unique=False)

    op.create_table('threads',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('mailbox_id', sa.Integer(), nullable=False),
    sa.Column('contact_id', sa.Integer(), nullable=True),
    sa.Column('brand_id', sa.Integer(), nullable=True),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('last_at', kit.db.Instant(), nullable=False),
    sa.Column('last_in_at', kit.db.Instant(), nullable=True),
    sa.Column('last_out_at', kit.db.Instant(), nullable=True),
    sa.Column('done_at', kit.db.Instant(), nullable=True),
    sa.Column('snoozed_until', kit.db.Instant(), nullable=True),
    sa.ForeignKeyConstraint(['brand_id'], ['brands.id'], name=op.f('fk_threads_brand_id')),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_threads_contact_id')),
    sa.ForeignKeyConstraint(['mailbox_id'], ['mailboxes.id'], name=op.f('fk_threads_mailbox_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_threads'))
    )
    with op.batch_alter_table('threads', schema=None) as batch_op:
        batch_op.create_index('ix_threads_contact', ['contact_id'], unique=False)
        batch_op.create_index('ix_threads_last', ['last_at'], unique=False)

    op.create_table('enrolments',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('sequence_id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('contact_id', sa.Integer(), nullable=False),
    sa.Column('mailbox_id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.String(length=60), nullable=False),
    sa.Column('hold_until', kit.db.Instant(), nullable=True),
    sa.Column('next_step', sa.Integer(), nullable=False),
    sa.Column('next_at', kit.db.Instant(), nullable=True),
    sa.Column('last_sent_at', kit.db.Instant(), nullable=True),
    sa.Column('thread_id', sa.Integer(), nullable=True),
    sa.Column('personal_line', sa.Text(), nullable=False),
    sa.Column('facts', kit.db.Document, nullable=False),
    sa.Column('actor', sa.String(length=80), nullable=False),
    sa.Column('created_at', kit.db.Instant(), nullable=False),
    sa.Column('ended_at', kit.db.Instant(), nullable=True),
    sa.CheckConstraint("state IN ('active', 'held', 'stopped', 'finished')", name=op.f('ck_enrolments_state')),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_enrolments_contact_id')),
    sa.ForeignKeyConstraint(['mailbox_id'], ['mailboxes.id'], name=op.f('fk_enrolments_mailbox_id')),
    sa.ForeignKeyConstraint(['sequence_id'], ['sequences.id'], name=op.f('fk_enrolments_sequence_id')),
    sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_enrolments_thread_id')),
    sa.ForeignKeyConstraint(['version_id'], ['sequence_versions.id'], name=op.f('fk_enrolments_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrolments'))
    )
    with op.batch_alter_table('enrolments', schema=None) as batch_op:
        batch_op.create_index('ix_enrolments_contact', ['contact_id'], unique=False)
        batch_op.create_index('ix_enrolments_due', ['next_at', 'id'], unique=False, sqlite_where=sa.text("state = 'active' AND next_at IS NOT NULL"), postgresql_where=sa.text("state = 'active' AND next_at IS NOT NULL"))
        batch_op.create_index('ix_enrolments_held', ['hold_until'], unique=False, sqlite_where=sa.text("state = 'held'"), postgresql_where=sa.text("state = 'held'"))
        batch_op.create_index('uq_enrolments_open', ['sequence_id', 'contact_id'], unique=True, sqlite_where=sa.text("state IN ('active', 'held')"), postgresql_where=sa.text("state IN ('active', 'held')"))

    op.create_table('handle_snapshots',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('handle_id', sa.Integer(), nullable=False),
    sa.Column('taken_at', kit.db.Instant(), nullable=False),
    sa.Column('followers', sa.Double(), nullable=True),
    sa.Column('avg_views', sa.Double(), nullable=True),
    sa.Column('avg_likes', sa.Double(), nullable=True),
    sa.Column('avg_comments', sa.Double(), nullable=True),
    sa.Column('engagement_rate', sa.Double(), nullable=True),
    sa.Column('posts', sa.Double(), nullable=True),
    sa.Column('score', sa.Double(), nullable=True),
    sa.Column('source', sa.String(length=200), nullable=False),
    sa.Column('import_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['handle_id'], ['handles.id'], name=op.f('fk_handle_snapshots_handle_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['import_id'], ['imports.id'], name=op.f('fk_handle_snapshots_import_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handle_snapshots'))
    )
    with op.batch_alter_table('handle_snapshots', schema=None) as batch_op:
        batch_op.create_index('ix_handle_snapshots_handle_taken', ['handle_id', 'taken_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_handle_snapshots_import_id'), ['import_id'], unique=False)

    op.create_table('messages',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('mailbox_id', sa.Integer(), nullable=False),
    sa.Column('thread_id', sa.Integer(), nullable=True),
    sa.Column('contact_id', sa.Integer(), nullable=True),
    sa.Column('direction', sa.String(length=3), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('dedupe', sa.String(length=300), nullable=False),
    sa.Column('rfc_id', sa.String(length=998), nullable=True),
    sa.Column('sender', sa.String(length=320), nullable=False),
    sa.Column('sender_name', sa.String(length=300), nullable=False),
    sa.Column('recipients', kit.db.Document, nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('snippet', sa.String(length=300), nullable=False),
    sa.Column('at', kit.db.Instant(), nullable=False),
    sa.Column('dated_at', kit.db.Instant(), nullable=True),
    sa.Column('folder', sa.String(length=300), nullable=False),
    sa.Column('matched_by', sa.String(length=40), nullable=False),
    sa.Column('needs_review', sa.Boolean(), nullable=False),
    sa.Column('reply_kind', sa.String(length=20), nullable=True),
    sa.Column('reply_cue', sa.String(length=300), nullable=False),
    sa.Column('reply_kind_by', sa.String(length=80), nullable=False),
    sa.Column('opt_out', sa.Boolean(), nullable=False),
    sa.Column('complaint', sa.Boolean(), nullable=False),
    sa.Column('facts', kit.db.Document, nullable=False),
    sa.CheckConstraint("direction IN ('in', 'out')", name=op.f('ck_messages_direction')),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_messages_contact_id')),
    sa.ForeignKeyConstraint(['mailbox_id'], ['mailboxes.id'], name=op.f('fk_messages_mailbox_id')),
    sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_messages_thread_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_messages')),
    sa.UniqueConstraint('mailbox_id', 'dedupe', name=op.f('uq_messages_mailbox_id_dedupe'))
    )
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.create_index('ix_messages_contact_at', ['contact_id', 'at'], unique=False)
        batch_op.create_index('ix_messages_thread_at', ['thread_id', 'at'], unique=False)

    op.create_table('feedback',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('contact_id', sa.Integer(), nullable=True),
    sa.Column('brand_id', sa.Integer(), nullable=True),
    sa.Column('product_id', sa.Integer(), nullable=True),
    sa.Column('message_id', sa.Integer(), nullable=True),
    sa.Column('quote', sa.Text(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('theme', sa.String(length=200), nullable=False),
    sa.Column('from_audience', sa.Boolean(), nullable=False),
    sa.Column('actor', sa.String(length=80), nullable=False),
    sa.Column('created_at', kit.db.Instant(), nullable=False),
    sa.CheckConstraint("kind IN ('problem', 'idea', 'praise')", name=op.f('ck_feedback_kind')),
    sa.ForeignKeyConstraint(['brand_id'], ['brands.id'], name=op.f('fk_feedback_brand_id')),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_feedback_contact_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_feedback_message_id')),
    sa.ForeignKeyConstraint(['product_id'], ['products.id'], name=op.f('fk_feedback_product_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_feedback'))
    )
    with op.batch_alter_table('feedback', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_feedback_contact_id'), ['contact_id'], unique=False)

    op.create_table('message_bodies',
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('new_text', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=True),
    sa.Column('raw', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_message_bodies_message_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('message_id', name=op.f('pk_message_bodies'))
    )
    op.create_table('message_ids',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('rfc_id', sa.String(length=998), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_message_ids_message_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message_ids'))
    )
    with op.batch_alter_table('message_ids', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_ids_message_id'), ['message_id'], unique=False)
        batch_op.create_index('ix_message_ids_rfc', ['rfc_id'], unique=False)

    op.create_table('sends',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('enrolment_id', sa.Integer(), nullable=True),
    sa.Column('step_key', sa.String(length=60), nullable=True),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('request_key', sa.String(length=120), nullable=True),
    sa.Column('sequence_id', sa.Integer(), nullable=True),
    sa.Column('contact_id', sa.Integer(), nullable=False),
    sa.Column('brand_id', sa.Integer(), nullable=True),
    sa.Column('mailbox_id', sa.Integer(), nullable=False),
    sa.Column('thread_id', sa.Integer(), nullable=True),
    sa.Column('email', sa.String(length=320), nullable=False),
    sa.Column('variant', sa.String(length=60), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('is_follow_up', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('rfc_id', sa.String(length=300), nullable=False),
    sa.Column('planned_at', kit.db.Instant(), nullable=False),
    sa.Column('due_at', kit.db.Instant(), nullable=False),
    sa.Column('expires_at', kit.db.Instant(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('lease_owner', sa.String(length=200), nullable=True),
    sa.Column('lease_until', kit.db.Instant(), nullable=True),
    sa.Column('claimed_at', kit.db.Instant(), nullable=True),
    sa.Column('sent_at', kit.db.Instant(), nullable=True),
    sa.Column('settled_at', kit.db.Instant(), nullable=True),
    sa.Column('bounced_at', kit.db.Instant(), nullable=True),
    sa.Column('copy_filed_at', kit.db.Instant(), nullable=True),
    sa.Column('approved_by', sa.String(length=80), nullable=False),
    sa.Column('explanation', kit.db.Document, nullable=False),
    sa.Column('created_at', kit.db.Instant(), nullable=False),
    sa.CheckConstraint("state IN ('draft', 'scheduled', 'claimed', 'sending', 'sent', 'failed', 'unknown', 'cancelled')", name=op.f('ck_sends_state')),
    sa.CheckConstraint('enrolment_id IS NOT NULL OR request_key IS NOT NULL', name=op.f('ck_sends_has_key')),
    sa.ForeignKeyConstraint(['brand_id'], ['brands.id'], name=op.f('fk_sends_brand_id')),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_sends_contact_id')),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolments.id'], name=op.f('fk_sends_enrolment_id')),
    sa.ForeignKeyConstraint(['mailbox_id'], ['mailboxes.id'], name=op.f('fk_sends_mailbox_id')),
    sa.ForeignKeyConstraint(['sequence_id'], ['sequences.id'], name=op.f('fk_sends_sequence_id')),
    sa.ForeignKeyConstraint(['thread_id'], ['threads.id'], name=op.f('fk_sends_thread_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sends')),
    sa.UniqueConstraint('enrolment_id', 'step_key', name=op.f('uq_sends_enrolment_id_step_key')),
    sa.UniqueConstraint('request_key', name=op.f('uq_sends_request_key')),
    sa.UniqueConstraint('rfc_id', name=op.f('uq_sends_rfc_id'))
    )
    with op.batch_alter_table('sends', schema=None) as batch_op:
        batch_op.create_index('ix_sends_contact', ['contact_id'], unique=False)
        batch_op.create_index('ix_sends_due', ['mailbox_id', 'due_at', 'id'], unique=False, sqlite_where=sa.text("state = 'scheduled'"), postgresql_where=sa.text("state = 'scheduled'"))
        batch_op.create_index('ix_sends_leased', ['lease_until'], unique=False, sqlite_where=sa.text("state IN ('claimed', 'sending')"), postgresql_where=sa.text("state IN ('claimed', 'sending')"))
        batch_op.create_index('ix_sends_log', ['mailbox_id', 'sent_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_sends_sequence_id'), ['sequence_id'], unique=False)

    op.create_table('timeline_entries',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('contact_id', sa.Integer(), nullable=False),
    sa.Column('brand_id', sa.Integer(), nullable=True),
    sa.Column('at', kit.db.Instant(), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('actor', sa.String(length=80), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('data', kit.db.Document, nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=True),
    sa.Column('undoes_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['brand_id'], ['brands.id'], name=op.f('fk_timeline_entries_brand_id')),
    sa.ForeignKeyConstraint(['contact_id'], ['contacts.id'], name=op.f('fk_timeline_entries_contact_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_timeline_entries_message_id')),
    sa.ForeignKeyConstraint(['undoes_id'], ['timeline_entries.id'], name=op.f('fk_timeline_entries_undoes_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_timeline_entries')),
    sa.UniqueConstraint('undoes_id', name=op.f('uq_timeline_entries_undoes_id'))
    )
    with op.batch_alter_table('timeline_entries', schema=None) as batch_op:
        batch_op.create_index('ix_timeline_entries_contact_at', ['contact_id', 'at', 'id'], unique=False)

    op.create_table('attempts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('send_id', sa.Integer(), nullable=False),
    sa.Column('at', kit.db.Instant(), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('stage', sa.String(length=10), nullable=False),
    sa.Column('code', sa.Integer(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['send_id'], ['sends.id'], name=op.f('fk_attempts_send_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attempts'))
    )
    with op.batch_alter_table('attempts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attempts_send_id'), ['send_id'], unique=False)

    op.create_table('send_bodies',
    sa.Column('send_id', sa.Integer(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('raw', sa.LargeBinary(), nullable=True),
    sa.Column('in_reply_to', sa.String(length=998), nullable=True),
    sa.Column('references', kit.db.Document, nullable=False),
    sa.ForeignKeyConstraint(['send_id'], ['sends.id'], name=op.f('fk_send_bodies_send_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('send_id', name=op.f('pk_send_bodies'))
    )


def downgrade() -> None:
    op.drop_table('send_bodies')
    with op.batch_alter_table('attempts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attempts_send_id'))

    op.drop_table('attempts')
    with op.batch_alter_table('timeline_entries', schema=None) as batch_op:
        batch_op.drop_index('ix_timeline_entries_contact_at')

    op.drop_table('timeline_entries')
    with op.batch_alter_table('sends', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sends_sequence_id'))
        batch_op.drop_index('ix_sends_log')
        batch_op.drop_index('ix_sends_leased', sqlite_where=sa.text("state IN ('claimed', 'sending')"), postgresql_where=sa.text("state IN ('claimed', 'sending')"))
        batch_op.drop_index('ix_sends_due', sqlite_where=sa.text("state = 'scheduled'"), postgresql_where=sa.text("state = 'scheduled'"))
        batch_op.drop_index('ix_sends_contact')

    op.drop_table('sends')
    with op.batch_alter_table('message_ids', schema=None) as batch_op:
        batch_op.drop_index('ix_message_ids_rfc')
        batch_op.drop_index(batch_op.f('ix_message_ids_message_id'))

    op.drop_table('message_ids')
    op.drop_table('message_bodies')
    with op.batch_alter_table('feedback', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_feedback_contact_id'))

    op.drop_table('feedback')
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.drop_index('ix_messages_thread_at')
        batch_op.drop_index('ix_messages_contact_at')

    op.drop_table('messages')
    with op.batch_alter_table('handle_snapshots', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_handle_snapshots_import_id'))
        batch_op.drop_index('ix_handle_snapshots_handle_taken')

    op.drop_table('handle_snapshots')
    with op.batch_alter_table('enrolments', schema=None) as batch_op:
        batch_op.drop_index('uq_enrolments_open', sqlite_where=sa.text("state IN ('active', 'held')"), postgresql_where=sa.text("state IN ('active', 'held')"))
        batch_op.drop_index('ix_enrolments_held', sqlite_where=sa.text("state = 'held'"), postgresql_where=sa.text("state = 'held'"))
        batch_op.drop_index('ix_enrolments_due', sqlite_where=sa.text("state = 'active' AND next_at IS NOT NULL"), postgresql_where=sa.text("state = 'active' AND next_at IS NOT NULL"))
        batch_op.drop_index('ix_enrolments_contact')

    op.drop_table('enrolments')
    with op.batch_alter_table('threads', schema=None) as batch_op:
        batch_op.drop_index('ix_threads_last')
        batch_op.drop_index('ix_threads_contact')

    op.drop_table('threads')
    with op.batch_alter_table('tasks', schema=None) as batch_op:
        batch_op.drop_index('ix_tasks_open')
        batch_op.drop_index(batch_op.f('ix_tasks_contact_id'))

    op.drop_table('tasks')
    with op.batch_alter_table('suppressions', schema=None) as batch_op:
        batch_op.drop_index('uq_suppressions_active', sqlite_where=sa.text('lifted_at IS NULL'), postgresql_where=sa.text('lifted_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_suppressions_target'))
        batch_op.drop_index(batch_op.f('ix_suppressions_contact_id'))

    op.drop_table('suppressions')
    op.drop_table('sequence_files')
    with op.batch_alter_table('relationships', schema=None) as batch_op:
        batch_op.drop_index('ix_relationships_stage')

    op.drop_table('relationships')
    with op.batch_alter_table('handles', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_handles_followers'))
        batch_op.drop_index(batch_op.f('ix_handles_contact_id'))

    op.drop_table('handles')
    with op.batch_alter_table('contact_tags', schema=None) as batch_op:
        batch_op.drop_index('ix_contact_tags_tag')

    op.drop_table('contact_tags')
    with op.batch_alter_table('contact_addresses', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_contact_addresses_contact_id'))

    op.drop_table('contact_addresses')
    op.drop_table('sequence_versions')
    with op.batch_alter_table('quarantine', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_quarantine_mailbox_id'))

    op.drop_table('quarantine')
    op.drop_table('mail_folders')
    with op.batch_alter_table('contacts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_contacts_import_id'))
        batch_op.drop_index(batch_op.f('ix_contacts_country'))

    op.drop_table('contacts')
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sessions_user_id'))

    op.drop_table('sessions')
    op.drop_table('sequences')
    op.drop_table('products')
    op.drop_table('one_time_links')
    op.drop_table('mailboxes')
    op.drop_table('imports')
    op.drop_table('workspace_settings')
    op.drop_table('users')
    op.drop_table('stages')
    op.drop_table('heartbeats')
    op.drop_table('brands')
