export const CHROMIUM = process.env.CHROME_PATH ?? '/usr/bin/chromium';

/** No sandbox (containers have none), nothing in the background. */
export const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];
