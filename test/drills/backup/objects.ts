/** What was stored is not what is there: flipped, cut off, for another key, or different in two targets. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { targetStatus } from '@homepage/backup';
import { openLocation, type StorageLocation } from '@homepage/platform';
import { codeIn, codeOf, expectCode, type Act } from './scene.ts';

/** Changes an object for some work, and puts it back. */
export async function changed(
  at: StorageLocation,
  key: string,
  change: (bytes: Buffer) => Buffer,
  work: () => Promise<void>,
): Promise<void> {
  const storage = await openLocation(at);
  const whole = await buffer((await storage.get(key))!.body);
  await storage.put(key, change(Buffer.from(whole)));
  await work();
  await storage.put(key, whole);
  storage.close();
}

const flipped = (bytes: Buffer): Buffer => {
  bytes[0] = bytes[0]! ^ 1;
  return bytes;
};

export const flippedByte: Act = async (scene) => {
  const broken: string[] = [];
  for (const object of ['dump.sql.gz', 'roles.sql', 'manifest.json']) {
    await changed(scene.target, `backups/${scene.good}/${object}`, flipped, async () => {
      broken.push(
        ...expectCode(`verify with ${object} flipped`, await codeOf(scene.verify()), 'BACKUP_DAMAGED'),
      );
      if (object !== 'roles.sql')
        broken.push(
          ...expectCode(`restore with ${object} flipped`, await codeOf(scene.restore()), 'BACKUP_DAMAGED'),
        );
    });
  }
  return { broken, detail: 'Verify and restore stop with BACKUP_DAMAGED before anything is touched.' };
};

export const cutManifest: Act = async (scene) => {
  const broken: string[] = [];
  const half = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length / 2);
  await changed(scene.target, `backups/${scene.good}/manifest.json`, half, async () => {
    broken.push(...expectCode('verify', await codeOf(scene.verify()), 'BACKUP_DAMAGED'));
    broken.push(...expectCode('restore', await codeOf(scene.restore()), 'BACKUP_DAMAGED'));
  });
  return { broken, detail: 'BACKUP_DAMAGED names the manifest.' };
};

export const wrongKey: Act = async (scene) => {
  const elsewhere = scene.at({ prefix: 'encrypted' });
  const [right, wrong] = [await generateX25519Identity(), await generateX25519Identity()];
  const backup = { ...scene.settings.backup, recipients: [await identityToRecipient(right)] };
  const keyFile = (identity: string): Partial<typeof scene.settings> => {
    const file = join(scene.settings.dataDir, 'key.txt');
    writeFileSync(file, identity, { mode: 0o600 });
    return { backup: { ...backup, identityFile: file } };
  };
  const { settings } = scene;
  scene.settings.backup = backup;
  const broken = expectCode('the run', codeIn(await scene.run([elsewhere])), 'none');
  scene.settings.backup = { ...settings.backup, recipients: [] };
  broken.push(
    ...expectCode('verify without a key', await codeOf(scene.verify(elsewhere)), 'BACKUP_IDENTITY_MISSING'),
    ...expectCode(
      'verify with another key',
      await codeOf(scene.verify(elsewhere, keyFile(wrong))),
      'BACKUP_WRONG_KEY',
    ),
    ...expectCode(
      'restore with another key',
      await codeOf(scene.restore(elsewhere, keyFile(wrong))),
      'BACKUP_WRONG_KEY',
    ),
    ...expectCode('verify with the key', await codeOf(scene.verify(elsewhere, keyFile(right))), 'none'),
  );
  return { broken, detail: 'BACKUP_WRONG_KEY names the public key whose private one is needed.' };
};

export const targetsDisagree: Act = async (scene) => {
  const second = scene.at({ prefix: 'off-site' });
  const { id } = await scene.run([scene.target, second]);
  const broken: string[] = [];
  await changed(scene.target, `backups/${id}/dump.sql.gz`, flipped, async () => {
    broken.push(...expectCode('verify of the first', await codeOf(scene.verify()), 'BACKUP_DAMAGED'));
    broken.push(...expectCode('verify of the second', await codeOf(scene.verify(second)), 'none'));
    const [one, two] = [await targetStatus(scene.target), await targetStatus(second)];
    if (one.restorable?.id !== scene.good) broken.push('the first one calls a damaged backup restorable');
    if (two.restorable?.id !== id) broken.push('the second one does not call its good backup restorable');
    broken.push(...expectCode('restore from the second', await codeOf(scene.restore(second)), 'none'));
  });
  return { broken, detail: 'Each target speaks for itself; the site came back out of the whole one.' };
};
