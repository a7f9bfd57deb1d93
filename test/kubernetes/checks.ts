/**
 * Everything that `npm run k8s:check` looks at, in the order of its numbers. 1 to 44 and 56 are the static checklist of the
 * platform; those that follow were added where mutants survived it (mutation/). 45 to 55 belong to monitoring and delivery; 57,
 * configurations that are wrong, is test/platform/wrong-configurations.ts.
 */
import { addressesThere } from './checks/addresses.ts';
import * as annotations from './checks/annotations.ts';
import { numbersBounded } from './checks/bounds.ts';
import { composeIsProduction } from './checks/compose.ts';
import * as data from './checks/data.ts';
import * as edges from './checks/edges.ts';
import { formRight } from './checks/form.ts';
import * as identity from './checks/identity.ts';
import * as injection from './checks/injection.ts';
import * as issued from './checks/issued.ts';
import * as network from './checks/network.ts';
import { pathsThere } from './checks/paths.ts';
import * as placement from './checks/placement.ts';
import * as pods from './checks/pods.ts';
import * as programs from './checks/programs.ts';
import * as references from './checks/references.ts';
import * as rollout from './checks/rollout.ts';
import * as secrets from './checks/secrets.ts';
import * as services from './checks/services.ts';
import { traefikSettings } from './checks/traefik.ts';
import * as volumes from './checks/volumes.ts';
import { trustNarrow } from './checks/trust.ts';
import * as webhooks from './checks/webhooks.ts';
import { severalLikeOne } from './checks/several.ts';
import * as whole from './checks/whole.ts';
import * as words from './checks/words.ts';
import { overall, type Check, type Finding } from './finding.ts';
import type { Rendered } from './resource.ts';

export const checks: Check[] = [
  whole.rendersAndFits, // 1
  pods.imagesPinned, // 2
  pods.podSecurity, // 3
  pods.nonRoot, // 4
  pods.noPrivileges, // 5
  pods.volumesExplicit, // 6
  pods.resourcesSet, // 7
  whole.capacityEnough, // 8
  identity.ownServiceAccounts, // 9
  identity.narrowRights, // 10
  network.defaultDeny, // 11
  network.dnsNarrow, // 12
  network.policyPortsExist, // 13
  network.policySelectorsFit, // 14
  edges.policiesAreTheMatrix, // 15
  network.solversReached, // 16
  network.apiServerReached, // 17
  network.dataStaysInside, // 18
  services.servicesResolve, // 19
  pods.noHost, // 20
  services.ingressSecure, // 21
  services.issuersRight, // 22
  services.operatorsOnly, // 23
  services.routesGuarded, // 24
  rollout.autoscalersRule, // 25
  rollout.rolloutsSafe, // 26
  rollout.probesSet, // 27
  rollout.graceEnough, // 28
  rollout.budgetsFit, // 29
  pods.noShellProbes, // 30
  secrets.noSecrets, // 31
  injection.templatesExplicit, // 32
  injection.signInComplete, // 33
  injection.oneTemplateForPair, // 34
  webhooks.webhooksStrict, // 35
  data.vaultKeeps, // 36
  data.policiesExact, // 37
  data.hbaStrict, // 38
  data.postgresqlMount, // 39
  data.valkeyClosed, // 40
  data.cronJobsComplete, // 41
  data.backupsVerified, // 42
  data.writerCannotDelete, // 43
  data.dataStays, // 44
  composeIsProduction, // 56
  references.referencesResolve, // 58
  annotations.annotationsKnown, // 59
  network.environmentsApart, // 60
  rollout.labelsFit, // 61
  identity.serviceAccountsBare, // 62
  rollout.replicasRight, // 63
  services.hostsRight, // 64
  whole.capacityWritten, // 65
  numbersBounded, // 66
  placement.resourcesPlaced, // 67
  placement.certificatesIssued, // 68
  placement.edgeStrict, // 69
  placement.podsPlain, // 70
  placement.issuersComplete, // 71
  traefikSettings, // 73
  volumes.secretsInMemory, // 74
  volumes.claimsWritable, // 75
  severalLikeOne, // 76
  pathsThere, // 77
  programs.commandsKnown, // 78
  programs.portsAndHealth, // 79
  programs.variablesRead, // 80
  issued.secretKeysThere, // 81
  trustNarrow, // 82
  issued.certificatesFit, // 83
  addressesThere, // 84
  words.wordsKnown, // 85
  words.portEightyRedirects, // 86
  formRight, // 87
  injection.secretsGranted, // 88
  injection.signInsRenewed, // 89
];

/** And what the small cluster of fixture.ts has not got. */
export const repositoryChecks: Check[] = [
  ...checks,
  placement.clusterComplete, // 72
];

export type Report = { number: number; name: string; findings: Finding[] };

/**
 * Runs all of them. When a resource is not what its schema says, the first one alone: the others read fields as they
 * should be.
 */
export function runChecks(rendered: Rendered, list: Check[] = checks): Report[] {
  const reports: Report[] = [];
  for (const check of list) {
    reports.push({ number: check.number, name: check.name, findings: findingsOf(check, rendered) });
    if (check.number === 1 && reports[0]!.findings.length > 0) break;
  }
  return reports;
}

/** What a check cannot even read is wrong, too. */
export function findingsOf({ name, run }: Check, rendered: Rendered): Finding[] {
  try {
    return run(rendered);
  } catch (error) {
    const { message } = error as Error;
    return [
      overall('-', name, `a resource cannot be read: ${message}`, 'Something that must be there is missing.'),
    ];
  }
}
