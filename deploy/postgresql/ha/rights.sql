-- What ../roles.sql does, where CloudNativePG has made the database "homepage" and its owner: run once, in that database, by the
-- superuser, and not by psql. Roles stand in the Cluster, too, which keeps them; homepage_reloader is not needed there.
create role homepage_app login;
create role homepage_backup login;
create role homepage_exporter login;

revoke all on database homepage from public;
grant connect on database homepage to homepage_app, homepage_backup, homepage_exporter;
revoke all on database postgres from public;
grant pg_read_all_data to homepage_backup;
grant pg_monitor to homepage_exporter;

alter role homepage_app set statement_timeout = '10s';
alter role homepage_app set lock_timeout = '3s';
alter role homepage_app set idle_in_transaction_session_timeout = '30s';
alter role homepage_owner set lock_timeout = '5s';
alter role homepage_exporter set statement_timeout = '10s';

revoke create on schema public from public;
grant usage, create on schema public to homepage_owner;
grant usage on schema public to homepage_app, homepage_backup;
alter default privileges for role homepage_owner in schema public
  grant select, insert, update, delete on tables to homepage_app;
alter default privileges for role homepage_owner in schema public grant usage on sequences to homepage_app;
