import closeWithGrace from 'close-with-grace';
import { loadDotEnv, readSettings, requireServable, type Settings } from '@homepage/platform';
import { reportStartFailure } from './report-start-failure.ts';
import { openSiteDatabase, repository } from './open-database.ts';

/** @throws Problem of whatever is missing or wrong */
function readServerSettings(): Settings {
  const settings = readSettings(process.env, repository);
  requireServable(settings, process.env);
  return settings;
}

try {
  loadDotEnv(repository);
  const settings = readServerSettings();
  const database = openSiteDatabase(settings);
  const { start } = await import('./start.ts');
  const running = await start({ settings, readSettingsAgain: readServerSettings, database });
  closeWithGrace({ delay: 25_000 }, async ({ err }) => {
    if (err) running.report(err, 'process');
    await running.stop();
  });
  const { waitsFor } = running;
  console.log(`Homepage ${waitsFor ? 'has started' : 'is ready'}: ${running.address}`);
  if (waitsFor) console.log(`It gets no visitors yet: ${waitsFor.message}`);
  console.log(`Health and metrics: ${running.opsAddress}/readyz`);
  if (running.dataDir) console.log(`Content is kept in ${running.dataDir}`);
  if (running.seeded) {
    console.log(
      'It shows sample content. Replace it with yours:\n' +
        '  npx homepage sample remove\n  npx homepage import <folder of Markdown>',
    );
  }
  console.log('Stop it with Ctrl-C.');
} catch (error) {
  reportStartFailure(error);
}
