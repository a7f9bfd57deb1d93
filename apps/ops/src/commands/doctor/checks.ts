/** Everything `homepage doctor` looks at, in the order it is printed. A check returns a fact or throws a Problem. */
import { cacheAnswers } from './cache.ts';
import { certificateGood } from './certificate.ts';
import { chromiumPresent } from './chromium.ts';
import { clockRight } from './clock.ts';
import { configurationValid } from './configuration.ts';
import { dataFolderHolder, dataFolderWritable } from './data-folder.ts';
import { databaseAnswers, schemaUpToDate } from './database.ts';
import { dotEnvReadable } from './dot-env.ts';
import { nodeVersion } from './node-version.ts';
import type { Patient } from './patient.ts';
import { opsPortFree, portFree } from './port.ts';
import { rightsEnough } from './rights.ts';
import { settingsValid } from './settings.ts';
import { storageWritable } from './storage.ts';
import { variablesKnown } from './variables.ts';
import {
  auditOn,
  authoritiesLast,
  bootstrapOpen,
  certificatesLast,
  chainHolds,
  clocksAgree,
  namesAny,
  namesBoth,
  namesBootstrap,
  namesPrimary,
  namesSealToken,
  policiesSame,
  primaryOpen,
  sealTokenLasts,
  secretsThere,
  signInsLast,
  tokenLasts,
} from './vault/checks.ts';
import { webBuildFresh } from './web-build.ts';

export type Check = {
  name: string;
  /** it is not made, nor printed, where this is false */
  when?: (patient: Patient) => boolean;
  run(patient: Patient): Promise<string>;
};

export const checks: Check[] = [
  { name: 'Node', run: nodeVersion },
  { name: '.env', run: dotEnvReadable },
  { name: 'variables', run: variablesKnown },
  { name: 'settings', run: settingsValid },
  { name: 'certificate', run: certificateGood },
  { name: 'configuration', run: configurationValid },
  { name: 'data folder', run: dataFolderWritable },
  { name: 'data folder holder', run: dataFolderHolder },
  { name: 'database', run: databaseAnswers },
  { name: 'schema', run: schemaUpToDate },
  { name: 'rights', run: rightsEnough },
  { name: 'cache', run: cacheAnswers },
  { name: 'storage', run: storageWritable },
  { name: 'clock', run: clockRight },
  { name: 'web build', run: webBuildFresh },
  { name: 'port', run: portFree },
  { name: 'ops port', run: opsPortFree },
  { name: 'Chromium', run: chromiumPresent },
  { name: 'Vault', when: namesPrimary, run: primaryOpen },
  { name: 'Vault bootstrap', when: namesBootstrap, run: bootstrapOpen },
  { name: 'Vault seal chain', when: namesBoth, run: chainHolds },
  { name: 'Vault seal token', when: namesSealToken, run: sealTokenLasts },
  { name: 'Vault TLS', when: namesAny, run: certificatesLast },
  { name: 'Vault clock', when: namesAny, run: clocksAgree },
  { name: 'Vault token', when: namesPrimary, run: tokenLasts },
  { name: 'Vault audit', when: namesPrimary, run: auditOn },
  { name: 'Vault authorities', when: namesPrimary, run: authoritiesLast },
  { name: 'Vault sign-ins', when: namesPrimary, run: signInsLast },
  { name: 'Vault secrets', when: namesPrimary, run: secretsThere },
  { name: 'Vault policies', when: namesPrimary, run: policiesSame },
];
