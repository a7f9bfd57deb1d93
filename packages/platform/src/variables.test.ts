import { expect, test } from 'vitest';
import { unknownVariables } from './settings.ts';

test.each([
  ['DATABSE_URL', 'DATABASE_URL'],
  ['DATABASE_URI', 'DATABASE_URL'],
  ['database_url', 'DATABASE_URL'],
  ['STORAGE_URI', 'STORAGE_URL'],
  ['CAHCE_URL', 'CACHE_URL'],
  ['CACH_URL', 'CACHE_URL'],
  ['DATADIR', 'DATA_DIR'],
  ['PROT', 'PORT'],
  ['SECRET_DIR', 'SECRETS_DIR'],
  ['TLS_CRT_FILE', 'TLS_CERT_FILE'],
  ['TRUSTED_PROXY', 'TRUSTED_PROXIES'],
  ['HOMEPAGE_CONF', 'HOMEPAGE_CONFIG'],
  ['LOGLEVEL', 'LOG_LEVEL'],
  ['CONTACT_FORM', 'CONTACT_FROM'],
  ['PUBLIC_URI', 'PUBLIC_URL'],
])('%s was meant to be %s', (name, meant) => {
  const [problem] = unknownVariables({ [name]: 'hush-hush' });
  expect(problem).toMatchObject({ code: 'VARIABLE_UNKNOWN', field: name });
  expect(problem!.fix).toContain(`Did you mean ${meant}?`);
  expect(`${problem!.message}${problem!.fix}`).not.toContain('hush-hush');
});

test('what other programs and Kubernetes set is nothing of ours', () => {
  const others = [
    ...['PATH', 'HOME', 'HOSTNAME', 'HOSTTYPE', 'PORTAL', 'POST', 'COST', 'PORTS', 'SORT', 'NODE_ENV'],
    ...['APP_PORT', 'API_PORT', 'API_HOST', 'HTTP_URL', 'DATABASE_USER', 'DATABASE_HOST', 'DATABASE_NAME'],
    ...['CACHE_DIR', 'STORAGE_DIR', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'LOGNAME', 'VAULT_ADDR', 'PGDATABASE'],
    ...['npm_config_port', 'npm_lifecycle_event', 'npm_package_json', 'INIT_CWD', 'CHROME_PATH'],
    ...['HOMEPAGE_COMMIT', 'HOMEPAGE_DIGEST', 'HOMEPAGE_SERVICE_HOST', 'HOMEPAGE_SERVICE_PORT'],
    ...[
      'HOMEPAGE_SERVICE_PORT_HTTP',
      'HOMEPAGE_PORT_80_TCP_ADDR',
      'KUBERNETES_SERVICE_HOST',
      'KUBERNETES_PORT',
    ],
    ...['DATABASE_SERVICE_HOST', 'CACHE_SERVICE_PORT', 'STORAGE_SERVICE_HOST', 'PUBLIC_SERVICE_HOST'],
  ];
  const addresses = [
    'HOMEPAGE_PORT',
    'DATABASE_PORT',
    'CACHE_PORT',
    'OP_PORT',
    'STORAGE_PORT',
    'OPS_PORT_80_TCP',
  ];
  const env = {
    ...Object.fromEntries(others.map((name) => [name, 'x'])),
    ...Object.fromEntries(addresses.map((name) => [name, 'tcp://10.43.0.7:80'])),
  };
  expect(unknownVariables(env).map(({ field }) => field)).toEqual([]);
});

test('a name near one of ours that is set, or one that is empty, is somebody else’s', () => {
  expect(unknownVariables({ DATABASE_URI: 'x', DATABASE_URL: 'postgres://a@b/c' })).toEqual([]);
  expect(unknownVariables({ DATABASE_URI: '' })).toEqual([]);
});
