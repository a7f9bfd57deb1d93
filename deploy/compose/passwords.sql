-- Compose has no certificates: there the roles of deploy/postgresql/roles.sql have passwords, out of .env.
\getenv owner HOMEPAGE_OWNER_PASSWORD
\getenv app HOMEPAGE_APP_PASSWORD
alter role homepage_owner password :'owner';
alter role homepage_app password :'app';
