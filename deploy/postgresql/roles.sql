-- The roles and the database, run by the superuser; running it again changes nothing.
-- homepage_owner owns the schema (migrations), homepage_app reads and writes rows, homepage_backup reads,
-- homepage_exporter sees statistics, homepage_reloader makes the server read its files again and never sees the site's
-- database. None has a password: see pg_hba.conf.
\set ON_ERROR_STOP on

select format('create role %I login', name)
from unnest(array['homepage_owner', 'homepage_app', 'homepage_backup', 'homepage_exporter', 'homepage_reloader']) name
where not exists (select from pg_roles where rolname = name) \gexec

select 'create database homepage owner homepage_owner template template0 encoding ''UTF8'' lc_collate ''C.UTF-8'' lc_ctype ''C.UTF-8'''
where not exists (select from pg_database where datname = 'homepage') \gexec

revoke all on database homepage from public;
grant connect on database homepage to homepage_app, homepage_backup, homepage_exporter;
revoke all on database postgres from public;
grant connect on database postgres to homepage_reloader;
grant pg_read_all_data to homepage_backup;
grant pg_monitor to homepage_exporter;

-- Rights on the server's own functions are each database's own; this is the one that the reloader gets into.
\connect postgres
revoke all on schema public from public;
grant execute on function pg_reload_conf() to homepage_reloader;

-- A statement that hangs, or a lock that nobody gives up, must end by itself. Migrations may take longer.
alter role homepage_app set statement_timeout = '10s';
alter role homepage_app set lock_timeout = '3s';
alter role homepage_app set idle_in_transaction_session_timeout = '30s';
alter role homepage_owner set lock_timeout = '5s';
alter role homepage_exporter set statement_timeout = '10s';
alter role homepage_reloader set statement_timeout = '10s';
alter role homepage_reloader connection limit 4;

\connect homepage
revoke create on schema public from public;
grant usage, create on schema public to homepage_owner;
grant usage on schema public to homepage_app, homepage_backup;
-- Whatever a migration makes, the app may use and not change.
alter default privileges for role homepage_owner in schema public
  grant select, insert, update, delete on tables to homepage_app;
alter default privileges for role homepage_owner in schema public grant usage on sequences to homepage_app;
