/** The words of /platform. The server sends them with the page's data; {} is filled in by the browser. */
export const platformWords = {
  title: 'How this site runs',
  description:
    'The parts this site is made of, the way of a request, a secret and a backup, and what the running system says of itself.',
  lead: 'The machine room is part of the house. Here is what this site is made of, and what it says of itself right now.',
  shape: {
    embedded:
      'You are looking at the embedded shape: one Node process. The database is PGlite instead of PostgreSQL, the cache is its own memory, pictures are files on disk, and settings come from a file named .env. The parts it does without are drawn with a broken ring.',
    platform:
      'You are looking at the platform shape: several replicas on Kubernetes, with their own database, cache, object storage and Vault. A hollow ring is a part that this page does not ask.',
  },
  legend: {
    request: 'request',
    secret: 'secret',
    backup: 'backup',
    lit: 'answered',
    out: 'did not answer',
    unknown: 'not asked, or not known',
    absent: 'not part of this shape',
  },
  ways: {
    request: { title: 'The way of a request', lead: 'From the address bar to the data and back.' },
    secret: { title: 'The way of a secret', lead: 'No password is in the code or in the configuration.' },
    backup: {
      title: 'The way of a backup',
      lead: 'Every six hours. A backup counts when it has been restored.',
    },
  },
  parts: {
    reader: { title: 'You', does: 'Your browser asks for an address.' },
    ingress: { title: 'Traefik', does: 'Ends TLS and sends /api one way, everything else the other.' },
    frontend: { title: 'nginx', does: 'Serves files from disk, and documents through a small cache.' },
    api: { title: 'API', does: 'Renders the pages and answers /api, reading through the cache.' },
    cache: {
      title: 'Cache',
      does: 'Keeps finished answers, so that pages come at once, also while the database is away.',
    },
    database: { title: 'Database', does: 'Holds every text, its tags and its old addresses.' },
    storage: { title: 'Storage', does: 'Holds pictures, and the backups.' },
    bootstrap: {
      title: 'First Vault',
      does: 'Opens the second one after a restart, so that nobody has to wake up.',
    },
    vault: { title: 'Vault', does: 'Keeps passwords and signs short-lived certificates.' },
    agent: { title: 'Vault Agent', does: 'Fetches them for one service, which sees nothing else.' },
    files: {
      title: 'Secret files',
      does: 'Are watched by the service and taken over without dropping a request.',
    },
    job: { title: 'Backup job', does: 'Dumps, compresses, encrypts, and writes its manifest last.' },
    verify: {
      title: 'Proof',
      does: 'Restores the newest backup into a throwaway database and compares every table.',
    },
  },
  says: {
    reader: 'you read this',
    absent: 'not in this shape',
    notAsked: 'not asked',
    unknown: 'not known',
    never: 'no verified backup known',
    environment: 'an .env file instead',
    ran: 'has run',
    answers: 'answers',
    oneProcess: 'one process',
    silent: '{}, no answer',
    replicas: '{} replicas',
    certificate: 'certificate ends {}',
    verified: 'proven {}',
  },
  facts: {
    title: 'Its own words',
    version: 'Version',
    commit: 'Commit',
    digest: 'Image digest',
    since: 'Running since',
    replicas: 'Replicas',
    database: 'Database',
    cache: 'Cache',
    storage: 'Storage',
    certificate: 'Certificate ends',
    backup: 'Last verified backup',
    unknown: 'unknown',
    entries: 'entries: {}',
    hits: 'hits: {} %',
    objects: 'objects: {}',
    raw: 'The same as JSON',
  },
  asked: 'Asked at {}, and again every ten seconds while you look.',
  lost: 'The last question went unanswered. These are older answers; I keep asking.',
};

export type PlatformWords = typeof platformWords;
