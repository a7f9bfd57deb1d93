/**
 * The whole surface of `homepage`: every command, argument and option. docs/reference/commands.md describes it.
 * What a command does is loaded when it runs: help and hints come at once.
 */
import { Argument, Command } from 'commander';
import type { ReloadableServer } from '@homepage/platform/ops';
import type { WatchOptions } from './commands/certificates-watch.ts';
import type { ExportOptions } from './commands/export.ts';
import type { ImportOptions } from './commands/import.ts';
import type { ListOptions } from './commands/messages.ts';
import type { MigrateOptions } from './commands/migrate.ts';
import type { PreviewOptions } from './commands/preview.ts';
import type { RemoveOptions } from './commands/sample-remove.ts';
import { helpEnd, type HelpEnd } from './help.ts';
import type { Outcome } from './outcome.ts';
import type { Shell } from './shell.ts';
import { usageProblem } from './usage.ts';
import { readVersion } from './version.ts';

export type Run = (work: (shell: Shell) => Promise<Outcome>) => Promise<void>;

const RELOADABLE: ReloadableServer[] = ['postgresql', 'valkey'];

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
  add(certificates, 'watch', 'Make a server show its renewed certificate, each time that its files change.', {
    examples: [
      'homepage certificates watch postgresql',
      'SECRETS_DIR=/vault/reloader homepage certificates watch valkey --once',
    ],
    environment: ['SECRETS_DIR', 'OPS_HOST', 'OPS_PORT', 'LOG_LEVEL'],
    failed: 'the server does not show what its files say; the message says why',
  })
    .addArgument(new Argument('<server>', 'whose certificate it is').choices(RELOADABLE))
    .option('--folder <folder>', "of the server's tls.crt, tls.key and ca.crt", '/vault/secrets')
    .option('--once', 'do it now, and end')
    .action((server: ReloadableServer, options: WatchOptions) =>
      run(async (shell) =>
        (await import('./commands/certificates-watch.ts')).watchCertificates(shell, server, options),
      ),
    );

  add(
    program,
    'doctor',
    'Check this machine, the settings and the data, and say what to do about each problem.',
    {
      examples: ['homepage doctor', 'homepage doctor --json'],
      environment: ['PORT', 'HOST', 'DATA_DIR', 'DATABASE_URL', 'HOMEPAGE_CONFIG', 'LOG_LEVEL'],
      failed: 'a check failed; the line below it says what to do',
    },
  ).action(() => run(async (shell) => (await import('./commands/doctor.ts')).doctor(shell)));

  return program;
}

function add(parent: Command, name: string, description: string, help: HelpEnd): Command {
  const path = parent.name() === 'homepage' ? `homepage ${name}` : `homepage ${parent.name()} ${name}`;
  return finish(parent.command(name), path)
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
