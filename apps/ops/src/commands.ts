/**
 * The whole surface of `homepage`: every command, argument and option. docs/reference/commands.md describes it.
 * What a command does is loaded when it runs: help and hints come at once.
 */
import { Argument, Command, Option, type CommandOptions } from 'commander';
import type { ReloadableServer } from '@homepage/platform/ops';
import type { environmentNames, Seal, ServerKind } from '@homepage/vault';
import type { WatchOptions } from './commands/certificates-watch.ts';
import type { ListOptions as BackupListOptions } from './commands/backup/list.ts';
import type { PruneOptions } from './commands/backup/prune.ts';
import type { RestoreOptions } from './commands/backup/restore.ts';
import type { RunOptions } from './commands/backup/run.ts';
import type { VerifyOptions } from './commands/backup/verify.ts';
import type { ExportOptions } from './commands/export.ts';
import type { ImportOptions } from './commands/import.ts';
import type { CheckOptions } from './commands/images/check.ts';
import type { ReferenceOptions } from './commands/images/reference.ts';
import type { ResolveOptions } from './commands/images/resolve.ts';
import type { ListOptions } from './commands/messages.ts';
import type { MigrateOptions } from './commands/migrate.ts';
import type { PreviewOptions } from './commands/preview.ts';
import type { RebuildOptions } from './commands/rebuild.ts';
import type { RemoveOptions } from './commands/sample-remove.ts';
import type { ImportEnvOptions } from './commands/secrets/import-env.ts';
import type { ListOptions as SecretListOptions } from './commands/secrets/list.ts';
import type { ParityOptions } from './commands/secrets/parity.ts';
import type { RollbackOptions } from './commands/secrets/rollback.ts';
import type { SetOptions } from './commands/secrets/set.ts';
import type { StoreOptions } from './commands/secrets/store.ts';
import type { VersionsOptions } from './commands/secrets/versions.ts';
import type { InitOptions } from './commands/vault/init.ts';
import type { PolicyTestOptions } from './commands/vault/policy-test.ts';
import type { RotateIntermediateOptions } from './commands/vault/rotate-intermediate.ts';
import type { RotateSecretIdsOptions } from './commands/vault/rotate-secret-ids.ts';
import type { RestoreOptions as RestoreSnapshotOptions } from './commands/vault/restore.ts';
import type { RevokeOptions } from './commands/vault/revoke.ts';
import type { SnapshotOptions } from './commands/vault/snapshot.ts';
import type { PruneSnapshotsOptions } from './commands/vault/snapshots-prune.ts';
import type { SnapshotsOptions } from './commands/vault/snapshots.ts';
import type { StatusOptions } from './commands/vault/status.ts';
import type { UnsealOptions } from './commands/vault/unseal.ts';
import type { UpOptions } from './commands/vault/up.ts';
import { helpEnd, type HelpEnd } from './help.ts';
import type { Outcome } from './outcome.ts';
import type { Shell } from './shell.ts';
import { usageProblem } from './usage.ts';
import { readVersion } from './version.ts';

export type Run = (work: (shell: Shell) => Promise<Outcome>) => Promise<void>;

const RELOADABLE: ReloadableServer[] = ['postgresql', 'valkey'];
const VAULTS: ServerKind[] = ['bootstrap', 'primary'];
const SEALS: Seal[] = ['shamir', 'transit'];
const ENVIRONMENTS: (typeof environmentNames)[number][] = ['dev', 'prod'];

export function buildProgram(run: Run): Command {
  const program = finish(new Command('homepage'), 'homepage')
    .description("A developer's personal site: serve it, fill it, look after it.")
    .version(readVersion(), '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .addHelpText(
      'after',
      '\nEvery command has --help and --json. Exit codes: 0 done, 1 failed, 2 wrong use.',
    );

  add(program, 'serve', 'Serve the site until it is stopped.', {
    examples: ['homepage serve', 'PORT=8080 homepage serve'],
    environment: ['PORT', 'HOST', 'DATA_DIR', 'DATABASE_URL', 'HOMEPAGE_CONFIG', 'LOG_LEVEL'],
  }).action(() => run(async (shell) => (await import('./commands/serve.ts')).serve(shell)));

  add(program, 'migrate', 'Bring the database schema to this release. It only ever goes forward.', {
    examples: ['homepage migrate', 'homepage migrate --dry-run --json'],
    environment: ['DATABASE_OWNER_URL', 'DATABASE_URL', 'DATA_DIR', 'LOG_LEVEL'],
  })
    .option('--dry-run', 'list the migrations that would run, and run none')
    .action((options: MigrateOptions) =>
      run(async (shell) => (await import('./commands/migrate.ts')).migrateSchema(shell, options)),
    );

  add(program, 'import', 'Import posts, pages and projects from a folder of Markdown, with their pictures.', {
    examples: [
      'homepage import ./content',
      'homepage import ./content --dry-run',
      'homepage import ./blog.zip',
      'homepage import ./content --prune',
    ],
    environment: ['DATA_DIR', 'DATABASE_URL', 'HOMEPAGE_CONFIG', 'LOG_LEVEL'],
    failed: 'a file failed; the others are in, and the same command tries it again',
  })
    .argument('<folder>', 'your content, a blog made with Astro, Eleventy, Gatsby, Hugo or Jekyll, or a .zip')
    .option('--dry-run', 'say what would happen, and change nothing')
    .option('--prune', 'also remove imported entries that have no file in this folder; asks first')
    .option('--yes', 'do not ask before --prune removes')
    .action((folder: string, options: ImportOptions) =>
      run(async (shell) => (await import('./commands/import.ts')).importContent(shell, folder, options)),
    );

  add(program, 'export', 'Write all content as Markdown with its images; `import` reads it back.', {
    examples: ['homepage export ./backup', 'homepage export ./backup --force'],
    environment: ['DATA_DIR', 'DATABASE_URL', 'LOG_LEVEL'],
  })
    .argument('<folder>', 'a new or empty folder')
    .option('--force', 'write into a folder that is not empty, over files of the same name')
    .action((folder: string, options: ExportOptions) =>
      run(async (shell) => (await import('./commands/export.ts')).exportContent(shell, folder, options)),
    );

  add(program, 'preview', 'Make a link that shows a draft to whoever has it, for some days.', {
    examples: ['homepage preview my-next-post', 'homepage preview about --kind page --days 1 --json'],
    environment: ['PUBLIC_URL', 'SECRETS_DIR', 'SESSION_KEY', 'DATA_DIR', 'DATABASE_URL', 'LOG_LEVEL'],
  })
    .argument('<slug>', 'of a draft, or of what is scheduled')
    .option('--days <count>', 'how long the link works (7)')
    .option('--kind <kind>', 'post, page or project, when several have this slug')
    .action((slug: string, options: PreviewOptions) =>
      run(async (shell) => (await import('./commands/preview.ts')).previewDraft(shell, slug, options)),
    );

  const sample = finish(program.command('sample'), 'homepage sample').description(
    'The content that came with a first start.',
  );
  add(sample, 'remove', 'Remove the sample content. Your own is not touched.', {
    examples: ['homepage sample remove', 'homepage sample remove --yes'],
    environment: ['DATA_DIR', 'DATABASE_URL', 'LOG_LEVEL'],
  })
    .option('--yes', 'do not ask')
    .action((options: RemoveOptions) =>
      run(async (shell) => (await import('./commands/sample-remove.ts')).removeSampleContent(shell, options)),
    );

  const messages = finish(program.command('messages'), 'homepage messages').description(
    'What visitors wrote by the contact form.',
  );
  add(messages, 'list', 'Show the messages, newest first.', {
    examples: ['homepage messages list', 'homepage messages list --suspect --limit 100'],
    environment: ['DATA_DIR', 'DATABASE_URL', 'LOG_LEVEL'],
  })
    .option('--limit <count>', 'how many at most (20)')
    .option('--suspect', 'also those that were probably written by a program')
    .action((options: ListOptions) =>
      run(async (shell) => (await import('./commands/messages.ts')).showMessages(shell, options)),
    );
  add(messages, 'remove', 'Remove a message for good.', {
    examples: ['homepage messages remove 12'],
    environment: ['DATA_DIR', 'DATABASE_URL', 'LOG_LEVEL'],
  })
    .argument('<id>', 'its number, as the list shows it')
    .action((id: string) =>
      run(async (shell) => (await import('./commands/messages.ts')).deleteMessage(shell, id)),
    );

  const certificates = finish(program.command('certificates'), 'homepage certificates').description(
    'The certificates that servers show.',
  );
  add(
    certificates,
    'watch',
    'Make a server show its renewed certificate, and Valkey load its list of users, each time that they change.',
    {
      examples: [
        'homepage certificates watch postgresql',
        'SECRETS_DIR=/vault/reloader homepage certificates watch valkey --once',
      ],
      environment: ['SECRETS_DIR', 'OPS_HOST', 'OPS_PORT', 'LOG_LEVEL'],
      failed: 'the server does not show what its files say; the message says why',
    },
  )
    .addArgument(new Argument('<server>', 'whose certificate it is').choices(RELOADABLE))
    .option(
      '--folder <folder>',
      "of the server's tls.crt, tls.key and ca.crt, and Valkey's users.acl",
      '/vault/secrets',
    )
    .option(
      '--users-only',
      'of Valkey from 9.1 on, which takes its certificate by itself: only its list of users',
    )
    .option('--once', 'do it now, and end')
    .action((server: ReloadableServer, options: WatchOptions) =>
      run(async (shell) =>
        (await import('./commands/certificates-watch.ts')).watchCertificates(shell, server, options),
      ),
    );

  addBackup(program, run);

  add(program, 'rebuild', 'Make the whole site again out of a backup, where there is none.', {
    examples: ['homepage rebuild --from file:///mnt/backups', 'homepage rebuild --from s3://… latest'],
    environment: [...SITE, 'DATA_DIR', 'DATABASE_OWNER_URL', 'BACKUP_IDENTITY_FILE', 'LOG_LEVEL'],
    failed: 'failed; nothing of the site is there, and the same command may be run again',
  })
    .argument('[backup]', 'its id, or latest')
    .option('--from <address>', 'file:///a/folder or s3://key:secret@bucket/prefix?endpoint=…')
    .option('--at <time>', 'the newest that is no later than this, such as 2026-11-25T06:00Z')
    .action((id: string | undefined, options: RebuildOptions) =>
      run(async (shell) => (await import('./commands/rebuild.ts')).rebuild(shell, id, options)),
    );

  addVault(program, run);

  addSecrets(program, run);

  addImages(program, run);

  add(
    program,
    'doctor',
    'Check this machine, the settings and the data, and say what to do about each problem.',
    {
      examples: ['homepage doctor', 'homepage doctor --json'],
      environment: [
        'PORT',
        'HOST',
        'DATA_DIR',
        'DATABASE_URL',
        'HOMEPAGE_CONFIG',
        ...VAULT,
        'VAULT_BOOTSTRAP_ADDR',
        'VAULT_SEAL_TOKEN_FILE',
        'VAULT_TOKEN',
        'LOG_LEVEL',
      ],
      failed: 'a check failed; the line below it says what to do',
    },
  ).action(() => run(async (shell) => (await import('./commands/doctor.ts')).doctor(shell)));

  return program;
}

const TARGET = ['BACKUP_TO', 'DATA_DIR', 'LOG_LEVEL'] as const;
const SITE = ['DATABASE_URL', 'STORAGE_URL', 'SECRETS_DIR'] as const;

function addBackup(program: Command, run: Run): void {
  const backup = finish(program.command('backup'), 'homepage backup').description(
    'Backups that are proven by restoring them.',
  );
  add(backup, 'run', 'Back up the database and all files to every target.', {
    examples: ['homepage backup run', 'homepage backup run --to file:///mnt/backups'],
    environment: [...TARGET, ...SITE, 'BACKUP_RECIPIENTS'],
    failed: 'a target failed, or nothing could be read; the message says which and why',
  })
    .option('--to <address...>', 'file:///a/folder or s3://key:secret@bucket/prefix?endpoint=…')
    .option('--dry-run', 'make the dump and send nothing')
    .option('--scheduled', 'only when six hours have passed; also verify what has no proof')
    .option('--stay', 'with --scheduled: look every ten minutes, until it is stopped')
    .action((options: RunOptions) =>
      run(async (shell) => (await import('./commands/backup/run.ts')).backUp(shell, options)),
    );

  add(backup, 'verify', 'Restore a backup into a throwaway database, compare every table, read pages.', {
    examples: ['homepage backup verify', 'homepage backup verify 20261125T060000Z-1f3a5b7d'],
    environment: [...TARGET, 'BACKUP_IDENTITY_FILE'],
    failed: 'it is not proven: damaged, different, or the site does not run on it',
  })
    .argument('[backup]', 'its id, or latest')
    .option('--from <address>', 'the target; the first of BACKUP_TO without it')
    .option('--dry-run', 'do everything and leave no proof')
    .action((id: string | undefined, options: VerifyOptions) =>
      run(async (shell) => (await import('./commands/backup/verify.ts')).verify(shell, id, options)),
    );

  add(backup, 'list', 'Show the backups, newest first.', {
    examples: ['homepage backup list', 'homepage backup list --from file:///mnt/backups'],
    environment: [...TARGET],
  })
    .option('--from <address>', 'the target; all of BACKUP_TO without it')
    .action((options: BackupListOptions) =>
      run(async (shell) => (await import('./commands/backup/list.ts')).list(shell, options)),
    );

  add(backup, 'restore', 'Write a backup over the site, after comparing it and backing the site up.', {
    examples: [
      'homepage backup restore --dry-run',
      'homepage backup restore latest',
      'homepage backup restore --at 2026-11-25T06:00Z --yes',
    ],
    environment: [...TARGET, ...SITE, 'DATABASE_OWNER_URL', 'BACKUP_IDENTITY_FILE'],
    failed: 'failed; the site is as it was, and the same command may be run again',
  })
    .argument('[backup]', 'its id, or latest')
    .option('--from <address>', 'the target; the first of BACKUP_TO without it')
    .option('--at <time>', 'the newest that is no later than this, such as 2026-11-25T06:00Z')
    .option('--dry-run', 'show what would be restored and how it differs, and change nothing')
    .option('--yes', 'do not ask')
    .option('--no-safety-backup', 'do not back the site up before')
    .action((id: string | undefined, options: RestoreOptions) =>
      run(async (shell) => (await import('./commands/backup/restore.ts')).restore(shell, id, options)),
    );

  add(backup, 'prune', 'Remove backups that a newer verified one makes superfluous.', {
    examples: ['homepage backup prune --dry-run', 'homepage backup prune'],
    environment: [...TARGET, 'BACKUP_KEEP_DAYS', 'BACKUP_KEEP_AT_LEAST'],
    failed: 'a target could not be pruned',
  })
    .option('--from <address>', 'the target; all of BACKUP_TO without it')
    .option('--dry-run', 'list what would go, and remove nothing')
    .option('--stay', 'once a day, until it is stopped')
    .action((options: PruneOptions) =>
      run(async (shell) => (await import('./commands/backup/prune.ts')).prune(shell, options)),
    );

  add(backup, 'status', 'Say whether the site could be restored right now, and to when.', {
    examples: ['homepage backup status', 'homepage backup status --json'],
    environment: [...TARGET],
    failed: 'it could not, or only to a time that is too long ago, or a target does not answer',
  }).action(() => run(async (shell) => (await import('./commands/backup/status.ts')).status(shell)));
}

const VAULT = ['VAULT_ADDR', 'VAULT_CACERT'] as const;
const KEYS = '--keys-file <file>';
const APPROLE = '--approle <folder>';

const reachable = (command: Command): Command =>
  command
    .option('--address <address>', 'of Vault, such as https://vault.vault.svc:8200 (VAULT_ADDR)')
    .option('--ca <file>', 'the authority of its certificate (VAULT_CACERT)');

function addVault(program: Command, run: Run): void {
  const vault = finish(program.command('vault'), 'homepage vault').description(
    'The two Vaults: the bootstrap, and the primary that opens itself through it.',
  );
  const server = (): Argument => new Argument('<server>', 'which of the two').choices(VAULTS);

  reachable(
    add(vault, 'init', 'Set an empty Vault up. Its keys are shown once, or written for public keys of age.', {
      examples: [
        'homepage vault init bootstrap',
        'homepage vault init primary --recipient age1… --recipient age1… --recipient age1…',
      ],
      environment: [...VAULT, 'VAULT_RECIPIENTS', 'LOG_LEVEL'],
    }).addArgument(server()),
  )
    .option('--shares <count>', 'into how many keys it is split (3, or one for each recipient)')
    .option('--threshold <count>', 'how many of them it takes (more than half)')
    .option(
      '--recipient <key...>',
      'public keys of age; each gets a file that only its private key reads (VAULT_RECIPIENTS)',
    )
    .option('--keys-folder <folder>', 'where those files are written', '.')
    .action((kind: ServerKind, options: InitOptions) =>
      run(async (shell) => (await import('./commands/vault/init.ts')).init(shell, kind, options)),
    );

  reachable(
    add(vault, 'up', 'Bring a Vault to what it should be; what is as it should be stays.', {
      examples: [
        'homepage vault up bootstrap --keys-file - --seal-token-file ./seal-token',
        'homepage vault up primary --dry-run',
      ],
      environment: [...VAULT, 'VAULT_TOKEN', 'VAULT_SEAL_TOKEN_FILE', 'VAULT_ROOT_RECIPIENTS', 'LOG_LEVEL'],
      failed: 'a step was refused; what was done stays, and the same command goes on',
    }).addArgument(server()),
  )
    .option(KEYS, 'a quorum of keys, one a line; -: standard input. Without it VAULT_TOKEN signs in')
    .option('--dry-run', 'show what differs, and change nothing')
    .option('--environment <name...>', 'dev, prod (both)')
    .option('--network <cidr...>', 'from where services sign in (10.42.0.0/16)')
    .option('--audit-log <file>', 'as the server sees it', '/vault/audit/audit.log')
    .option(
      '--seal-token-file <file>',
      "where the token of the primary's seal is written (VAULT_SEAL_TOKEN_FILE)",
    )
    .option(
      '--root-recipient <key...>',
      "public keys of age: the roots' keys are written for them and leave Vault (VAULT_ROOT_RECIPIENTS)",
    )
    .option('--root-keys-folder <folder>', 'where those files are written', '.')
    .action((kind: ServerKind, options: UpOptions) =>
      run(async (shell) => (await import('./commands/vault/up.ts')).bringUp(shell, kind, options)),
    );

  reachable(
    add(vault, 'status', 'Say whether a Vault is open, and what it waits for.', {
      examples: ['homepage vault status', 'homepage vault status --seal-token-file ./seal-token --json'],
      environment: [...VAULT, 'VAULT_SEAL_TOKEN_FILE', 'LOG_LEVEL'],
      failed: 'it is sealed, was never set up, or does not answer',
    }),
  )
    .option(
      '--seal-token-file <file>',
      "of the bootstrap: also look at the token of the primary's seal (VAULT_SEAL_TOKEN_FILE)",
    )
    .action((options: StatusOptions) =>
      run(async (shell) => (await import('./commands/vault/status.ts')).status(shell, options)),
    );

  reachable(
    add(vault, 'unseal', 'Open the bootstrap with a quorum of its keys. The primary opens itself.', {
      examples: [
        '(age -d -i me bootstrap-key-1.age; age -d -i you bootstrap-key-2.age) | homepage vault unseal',
        'homepage vault unseal --keys-file /run/credentials/share --stay',
        'homepage vault unseal --migrate shamir --keys-file /dev/shm/keys',
      ],
      environment: [...VAULT, 'OPS_HOST', 'OPS_PORT', 'LOG_LEVEL'],
      failed: 'it is as it was, or the same command goes on',
    }),
  )
    .option(KEYS, 'one key a line; -: standard input', '-')
    .option('--stay', 'open it again whenever it is sealed, until this is stopped')
    .addOption(
      new Option(
        '--migrate <seal>',
        'of the primary, whose configuration says so: move its seal to keys (shamir) or back to the bootstrap (transit)',
      ).choices(SEALS),
    )
    .option('--yes', 'do not ask before a seal is moved')
    .action((options: UnsealOptions) =>
      run(async (shell) => (await import('./commands/vault/unseal.ts')).openWithKeys(shell, options)),
    );

  const rotate = finish(vault.command('rotate'), 'homepage vault rotate').description(
    'What is made anew before it ends.',
  );
  reachable(
    add(
      rotate,
      'intermediate',
      'Let a new intermediate authority sign; what the one before signed stays good.',
      {
        examples: [
          'homepage vault rotate intermediate --environment prod --keys-file -',
          'homepage vault rotate intermediate --environment prod --root-key-file /dev/shm/root-key',
        ],
        environment: [...VAULT, 'VAULT_TOKEN', 'LOG_LEVEL'],
      },
    ),
  )
    .option(KEYS, 'a quorum of keys, one a line; -: standard input. Without it VAULT_TOKEN signs in')
    .addOption(new Option('--environment <name>', 'of the primary').choices(ENVIRONMENTS))
    .option(
      '--root-key-file <file>',
      "the root's key, decrypted, where it is not in Vault; -: standard input",
    )
    .action((options: RotateIntermediateOptions) =>
      run(async (shell) =>
        (await import('./commands/vault/rotate-intermediate.ts')).rotateIntermediate(shell, options),
      ),
    );

  reachable(
    add(rotate, 'secret-ids', 'Make what everybody in an environment signs in with anew, and hand it over.', {
      examples: [
        'homepage vault rotate secret-ids --environment prod --keys-file - --to ./approle',
        'homepage vault rotate secret-ids --environment prod --approle /vault/approle --to-kubernetes --without snapshot',
        'homepage vault rotate secret-ids bootstrap --approle /vault/approle --to-kubernetes',
      ],
      environment: [...VAULT, 'VAULT_TOKEN', 'LOG_LEVEL'],
      failed: 'somebody got none; each is named, keeps what it has, and the others have theirs',
    }).addArgument(server().argOptional().default('primary')),
  )
    .option(APPROLE, 'the role-id and secret-id of a job, which signs in with them')
    .option(KEYS, 'a quorum of keys, one a line; -: standard input. Without either VAULT_TOKEN signs in')
    .addOption(new Option('--environment <name>', 'of the primary').choices(ENVIRONMENTS))
    .option('--to <folder>', 'where each gets a folder of its own, with role-id and secret-id')
    .option('--to-kubernetes', 'into the Secrets approle-<name>, with the service account of this pod')
    .option('--namespace <name>', "where those are (homepage-<environment>; of the bootstrap the pod's own)")
    .option('--service-account <folder>', 'of the pod: token, ca.crt, namespace (where Kubernetes mounts it)')
    .option('--only <name...>', 'these, and nobody else')
    .option('--without <name...>', 'who is not here, and needs none')
    .option('--dry-run', 'look whether each could be made and handed over, and make none')
    .action((kind: ServerKind, options: RotateSecretIdsOptions) =>
      run(async (shell) =>
        (await import('./commands/vault/rotate-secret-ids.ts')).rotateAll(shell, kind, options),
      ),
    );

  reachable(
    add(
      vault,
      'revoke',
      'A service is compromised: take back all that it signs in with, and say what it knows.',
      {
        examples: ['homepage vault revoke api --environment prod --keys-file - --secret-id-file ./secret-id'],
        environment: [...VAULT, 'VAULT_TOKEN', 'LOG_LEVEL'],
      },
    ).argument('<service>', 'or job, such as api'),
  )
    .option(KEYS, 'a quorum of keys, one a line; -: standard input. Without it VAULT_TOKEN signs in')
    .addOption(new Option('--environment <name>', 'of the primary').choices(ENVIRONMENTS))
    .option('--secret-id-file <file>', 'gets what the service signs in with from now on')
    .action((service: string, options: RevokeOptions) =>
      run(async (shell) => (await import('./commands/vault/revoke.ts')).revoke(shell, service, options)),
    );

  const signedIn = (command: Command): Command =>
    reachable(command).option(
      KEYS,
      'a quorum of keys, one a line; -: standard input. Without it VAULT_TOKEN signs in',
    );
  signedIn(
    add(vault, 'snapshot', 'Store everything that a Vault holds, encrypted for public keys of age.', {
      examples: [
        'homepage vault snapshot primary --to s3://… --recipient age1…',
        'homepage vault snapshot primary --approle /vault/approle',
        'homepage vault snapshot bootstrap --to file:///mnt/snapshots --recipient age1…',
      ],
      environment: [...VAULT, 'VAULT_TOKEN', 'BACKUP_TO', 'BACKUP_RECIPIENTS', 'LOG_LEVEL'],
      failed: 'a target failed; in it there is none, and those before are as they were',
    }).addArgument(server()),
  )
    .option(APPROLE, 'the role-id and secret-id of the job, which signs in with them')
    .option('--to <address...>', 'file:///a/folder or s3://key:secret@bucket/prefix?endpoint=… (BACKUP_TO)')
    .option('--recipient <key...>', 'public keys of age (BACKUP_RECIPIENTS)')
    .action((kind: ServerKind, options: SnapshotOptions) =>
      run(async (shell) => (await import('./commands/vault/snapshot.ts')).snapshot(shell, kind, options)),
    );

  const stored = finish(vault.command('snapshots'), 'homepage vault snapshots').description(
    'Snapshots of both Vaults that are stored. Without another word: list.',
  );
  add(
    stored,
    'list',
    'Show the snapshots of both Vaults, newest first.',
    {
      examples: [
        'homepage vault snapshots list',
        'homepage vault snapshots --from file:///mnt/snapshots --json',
      ],
      environment: ['BACKUP_TO', 'LOG_LEVEL'],
    },
    { isDefault: true },
  )
    .option('--from <address>', 'the target; all of BACKUP_TO without it')
    .action((options: SnapshotsOptions) =>
      run(async (shell) => (await import('./commands/vault/snapshots.ts')).snapshots(shell, options)),
    );

  add(stored, 'prune', 'Remove snapshots that are old, of each Vault by itself. The newest stays.', {
    examples: [
      'homepage vault snapshots prune --dry-run',
      'homepage vault snapshots prune --from file:///mnt/snapshots --keep-days 30 --keep-at-least 10',
    ],
    environment: ['BACKUP_TO', 'BACKUP_KEEP_DAYS', 'BACKUP_KEEP_AT_LEAST', 'LOG_LEVEL'],
    failed: 'a target failed; what was removed before stays removed',
  })
    .option('--from <address>', 'the target; all of BACKUP_TO without it')
    .option('--keep-days <days>', 'younger ones stay (BACKUP_KEEP_DAYS)')
    .option('--keep-at-least <count>', 'so many stay whatever their age (BACKUP_KEEP_AT_LEAST)')
    .option('--dry-run', 'show what would go, and remove nothing')
    .action((options: PruneSnapshotsOptions) =>
      run(async (shell) => (await import('./commands/vault/snapshots-prune.ts')).prune(shell, options)),
    );

  signedIn(
    add(vault, 'restore', 'Put a snapshot into a blank Vault, or over the one that it is of.', {
      examples: [
        'homepage vault restore primary --from s3://… --identity-file ./vault-snapshots.key',
        'homepage vault restore bootstrap 20261125T060000Z-1f3a5b7d --from file:///mnt/snapshots --keys-file -',
      ],
      environment: [...VAULT, 'VAULT_TOKEN', 'BACKUP_TO', 'BACKUP_IDENTITY_FILE', 'LOG_LEVEL'],
      failed: 'failed; Vault is as it was, or the same command goes on',
    })
      .addArgument(server())
      .argument('[snapshot]', 'its id; the newest without it'),
  )
    .option('--from <address>', 'the target; the first of BACKUP_TO without it')
    .option('--identity-file <file>', 'the private key of age (BACKUP_IDENTITY_FILE)')
    .option('--yes', 'do not ask before a Vault with data is written over')
    .action((kind: ServerKind, id: string | undefined, options: RestoreSnapshotOptions) =>
      run(async (shell) => (await import('./commands/vault/restore.ts')).restore(shell, kind, id, options)),
    );

  const policy = finish(vault.command('policy'), 'homepage vault policy').description(
    'The rights of services.',
  );
  reachable(
    add(policy, 'test', 'Ask Vault what each service may do, and compare that with what it should.', {
      examples: ['homepage vault policy test', 'homepage vault policy test --keys-file - --json'],
      environment: [...VAULT, 'VAULT_TOKEN', 'LOG_LEVEL'],
      failed: 'a right is too much or too little; each is named',
    }),
  )
    .option(KEYS, 'a quorum of keys, one a line; -: standard input. Without it VAULT_TOKEN signs in')
    .option('--environment <name...>', 'dev, prod (both)')
    .action((options: PolicyTestOptions) =>
      run(async (shell) => (await import('./commands/vault/policy-test.ts')).testRights(shell, options)),
    );
}

function addSecrets(program: Command, run: Run): void {
  const secrets = finish(program.command('secrets'), 'homepage secrets').description(
    'Secrets of services in the primary Vault. A value is in no command line, and printed nowhere.',
  );
  const command = (name: string, description: string, examples: string[], failed?: string): Command =>
    reachable(
      add(secrets, name, description, {
        examples,
        environment: [...VAULT, 'VAULT_TOKEN', 'LOG_LEVEL'],
        ...(failed !== undefined && { failed }),
      }),
    ).option(KEYS, 'a quorum of keys, one a line; -: standard input. Without it VAULT_TOKEN signs in');
  const environment = (): Option =>
    new Option('--environment <name>', 'whose secrets they are').choices(ENVIRONMENTS);
  const secret = (): Argument => new Argument('<secret>', '<owner>/<name>, as the list shows it');

  command(
    'set',
    'Set one key of a secret; the version before is kept.',
    [
      'homepage secrets set api/github clientSecret --environment prod --file ./client-secret',
      'homepage secrets set valkey/user-api password --environment dev --generate',
      'pass github | homepage secrets set api/github clientSecret --environment prod --if-version 3',
    ],
    'refused; nothing was written',
  )
    .addArgument(secret())
    .argument('<key>', 'which of its keys')
    .addOption(environment())
    .option('--file <file>', 'holds the value and nothing else; -: standard input (-)')
    .option('--generate', 'make a random one')
    .option('--if-version <number>', 'only when this is still the newest version')
    .option('--dry-run', 'say whether it would change, and write nothing')
    .action((path: string, key: string, options: SetOptions) =>
      run(async (shell) => (await import('./commands/secrets/set.ts')).setSecret(shell, path, key, options)),
    );

  command('list', 'Show every secret: owner, use, age, and how it is changed.', [
    'homepage secrets list',
    'homepage secrets list --environment prod --json',
  ])
    .addOption(environment())
    .action((options: SecretListOptions) =>
      run(async (shell) => (await import('./commands/secrets/list.ts')).list(shell, options)),
    );

  command('versions', 'Show the versions of a secret, and which of them are kept.', [
    'homepage secrets versions api/github --environment prod',
  ])
    .addArgument(secret())
    .addOption(environment())
    .action((path: string, options: VersionsOptions) =>
      run(async (shell) => (await import('./commands/secrets/versions.ts')).versions(shell, path, options)),
    );

  command(
    'rollback',
    'Write the values of an older version as the newest one.',
    ['homepage secrets rollback api/github --environment prod --to-version 3'],
    'refused; nothing was written',
  )
    .addArgument(secret())
    .addOption(environment())
    .option('--to-version <number>', 'as `secrets versions` shows it')
    .option('--dry-run', 'say which keys would change, and write nothing')
    .action((path: string, options: RollbackOptions) =>
      run(async (shell) => (await import('./commands/secrets/rollback.ts')).rollback(shell, path, options)),
    );

  command(
    'diff',
    'Compare the secrets of two environments, without showing a value.',
    ['homepage secrets diff dev prod'],
    'a value is in both: who reads the one gets into the other',
  )
    .addArgument(new Argument('<one>', 'an environment').choices(ENVIRONMENTS))
    .addArgument(new Argument('<other>', 'another').choices(ENVIRONMENTS))
    .action((one: string, other: string, options: StoreOptions) =>
      run(async (shell) => (await import('./commands/secrets/diff.ts')).diff(shell, one, other, options)),
    );

  command(
    'parity',
    'Check before a rollout that no secret is missing.',
    ['homepage secrets parity', 'homepage secrets parity --environment prod'],
    'a secret is missing or lacks a key; each is named with the command that sets it',
  )
    .addOption(environment())
    .action((options: ParityOptions) =>
      run(async (shell) => (await import('./commands/secrets/parity.ts')).parity(shell, options)),
    );

  command(
    'import-env',
    'Take over the secrets that a file .env sets.',
    [
      'homepage secrets import-env .env --environment dev --dry-run',
      'homepage secrets import-env .env --environment dev',
    ],
    'refused; the message says what was written, if anything was',
  )
    .argument('<file>', 'with NAME=value, one a line')
    .addOption(environment())
    .option('--dry-run', 'say which keys would change, and write nothing')
    .option('--replace', 'also where Vault has another value; the version before is kept')
    .action((file: string, options: ImportEnvOptions) =>
      run(async (shell) =>
        (await import('./commands/secrets/import-env.ts')).importEnvFile(shell, file, options),
      ),
    );
}

function addImages(program: Command, run: Run): void {
  const images = finish(program.command('images'), 'homepage images').description(
    'The container images that are deployed or built upon: deploy/images.lock.',
  );
  const command = (name: string, description: string, examples: string[], failed: string): Command =>
    add(images, name, description, { examples, environment: ['LOG_LEVEL'], failed }).option(
      '--lock <file>',
      'deploy/images.lock of another place',
    );

  command(
    'resolve',
    'Ask the registries for the digests behind the tags, and write them down.',
    ['homepage images resolve', 'homepage images resolve nginx nginx-dev --dry-run'],
    'an image could not be resolved; what was known of it stays, the others are written',
  )
    .argument('[image...]', 'as deploy/images.lock names it; all of them without')
    .option('--dry-run', 'say what would change, and write nothing')
    .action((keys: string[], options: ResolveOptions) =>
      run(async (shell) => (await import('./commands/images/resolve.ts')).resolve(shell, keys, options)),
    );

  command(
    'check',
    'Check that every image has a digest, so that it may be deployed. No registry is asked.',
    ['homepage images check'],
    'an image was never resolved',
  ).action((options: CheckOptions) =>
    run(async (shell) => (await import('./commands/images/check.ts')).check(shell, options)),
  );

  command(
    'reference',
    'Print the name and digest of an image, as builds and manifests use it.',
    [
      'homepage images reference nginx',
      'docker build --build-arg NGINX="$(npx homepage images reference nginx)" …',
    ],
    'it was never resolved',
  )
    .argument('<image>', 'as deploy/images.lock names it')
    .action((key: string, options: ReferenceOptions) =>
      run(async (shell) => (await import('./commands/images/reference.ts')).reference(shell, key, options)),
    );
}

/** "homepage vault policy test" */
const pathOf = (command: Command): string =>
  command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();

function add(
  parent: Command,
  name: string,
  description: string,
  help: HelpEnd,
  options: CommandOptions = {},
): Command {
  const path = `${pathOf(parent)} ${name}`;
  return finish(parent.command(name, options), path)
    .description(description)
    .option('--json', 'print JSON alone on stdout')
    .addHelpText('after', helpEnd(help));
}

/** Wrong use is thrown with the name of the command it happened in, and printed in one place. */
function finish(command: Command, path: string): Command {
  return command
    .helpOption('--help', 'print this help')
    .allowExcessArguments(false)
    .showSuggestionAfterError(true)
    .configureOutput({ outputError: () => {} })
    .exitOverride((error) => {
      const asked = error.exitCode === 0 || error.code === 'commander.help';
      throw asked ? error : usageProblem(error, path);
    });
}
