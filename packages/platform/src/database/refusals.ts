/** Why PostgreSQL does not let somebody in, in words. */

export const WHERE = 'DATABASE_URL or database.json (DATABASE_OWNER_URL for migrations)';

/** The server's words tell apart what one code covers; it may speak another language than English. */
export function whyRefused(code: string, message: string): [message: string, fix: string] | undefined {
  if (code === '28P01') return ['The database refused the user or password.', `Correct them in ${WHERE}.`];
  if (code === '3D000')
    return ['That database does not exist on the server.', `Make it, or correct its name in ${WHERE}.`];
  if (code !== '28000') return undefined;
  if (/^role .* does not exist$/.test(message))
    return ['That role does not exist on the database server.', `Make it, or correct the user in ${WHERE}.`];
  if (/^certificate authentication failed/.test(message)) {
    return [
      'The database does not let our certificate be this role.',
      'Sign in with the certificate of that role: pg_ident.conf says which name may be which.',
    ];
  }
  if (/valid client certificate/.test(message)) {
    return [
      'The database asks for a certificate, and none was shown.',
      'Set TLS_CERT_FILE, TLS_KEY_FILE and TLS_CA_FILE, or let the agent write tls.crt, tls.key and ca.crt.',
    ];
  }
  if (/no encryption$/.test(message)) {
    return [
      'The database admits nobody without TLS.',
      'Set TLS_CERT_FILE, TLS_KEY_FILE and TLS_CA_FILE, or let the agent write tls.crt, tls.key and ca.crt.',
    ];
  }
  if (/pg_hba\.conf/.test(message)) {
    return [
      'The database admits no such user to such a database from here.',
      `Correct database and user in ${WHERE}; the server's rules are in pg_hba.conf.`,
    ];
  }
  return ['The database refused us.', `Correct database and user in ${WHERE}.`];
}
