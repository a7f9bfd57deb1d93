/**
 * Mutants that no check sees, and why that is right, or what sees them instead. A mutant that is not here fails the tests; so
 * does a row that no mutant needs any more.
 */
export type Survivor = {
  /** of names such as "field removed: Deployment spec.replicas" */
  mutants: RegExp;
  why: string;
};

const POD = String.raw`(spec|spec\.jobTemplate\.spec)\.template\.spec`;
const removed = (rest: string): RegExp => new RegExp(`^field removed: ${rest}$`);

export const survivors: Survivor[] = [
  // The same by default.
  {
    mutants: removed(`\\w+ ${POD}\\.automountServiceAccountToken`),
    why: 'the same: the service account says it too (62)',
  },
  { mutants: removed('(Deployment|StatefulSet) spec\\.replicas'), why: 'the same: one by default' },
  {
    mutants: removed('Deployment spec\\.(revisionHistoryLimit|strategy\\.rollingUpdate\\.maxSurge)'),
    why: 'the same or more: ten revisions are kept, a quarter of one pod is one',
  },
  {
    mutants: removed('StatefulSet spec\\.persistentVolumeClaimRetentionPolicy(\\.\\w+)?'),
    why: 'the same: Retain by default; Delete is seen (44)',
  },
  {
    mutants: removed('Service spec\\.ports\\[\\]\\.(name|targetPort)'),
    why: 'the same where both numbers are; where several ports are, the API server asks for names',
  },
  {
    mutants: removed(
      'NetworkPolicy spec\\.(policyTypes|podSelector|podSelector\\.matchLabels|ingress\\[\\]\\.ports\\[\\]\\.protocol)',
    ),
    why: 'the same: what the rules are about, all pods of the namespace, TCP; where it is not the same it is seen (15)',
  },
  {
    mutants: /^edge added: NetworkPolicy spec (all may come|all pods)$/,
    why: 'the same: the policy is about egress alone, or selects all its namespace has',
  },
  {
    mutants: removed('NetworkPolicy spec\\.ingress\\[\\]\\.from\\[\\]\\.namespaceSelector\\.matchLabels'),
    why: 'the same: an API server of another namespace is none; blocks of addresses are beside it',
  },
  {
    mutants: removed(
      `\\w+ ${POD}\\.containers\\[\\]\\.\\w+Probe\\.(failureThreshold|periodSeconds|timeoutSeconds)`,
    ),
    why: 'slower by the default, within bounds; what is far off is seen (66)',
  },
  {
    mutants: removed(
      `\\w+ ${POD}\\.volumes\\[\\]\\.projected\\.sources\\[\\]\\.serviceAccountToken\\.(audience|expirationSeconds)`,
    ),
    why: 'the token is for show: no role is bound to it (10)',
  },
  {
    mutants: removed('(CronJob|Job) .*(ttlSecondsAfterFinished|backoffLimit)'),
    why: 'the default is more tries and no end of keeping; the history limits of CronJobs bound it',
  },
  {
    mutants: /^number changed: (CronJob|Job) .*(backoffLimit|successfulJobsHistoryLimit) 0$/,
    why: 'right, too: no second try, no successful job kept',
  },
  {
    mutants: /^number changed: Deployment spec\.strategy\.rollingUpdate\.maxUnavailable (0|× 1000)$/,
    why: 'no mutant: it is 0 already',
  },
  {
    mutants: removed(
      'MutatingWebhookConfiguration webhooks\\[\\]\\.(clientConfig\\.service\\.port|rules\\[\\]\\.scope|timeoutSeconds)',
    ),
    why: 'the same: 443, all scopes, ten seconds',
  },
  {
    mutants: /^privilege added: Pooler spec\.template\.spec the default account$/,
    why: 'no mutant: it names none, and the operator makes one for it',
  },
  {
    mutants: /^privilege added: Deployment spec\.template\.spec token$/,
    why: 'no mutant: the injector has its token already',
  },
  {
    mutants: removed(
      'Certificate spec\\.(commonName|duration|renewBefore|issuerRef\\.kind|privateKey\\.\\w+|usages)',
    ),
    why: 'the default: 90 days, RSA 2048, Issuer, both usages; names are what is checked (68)',
  },
  {
    mutants: /^number changed: Certificate spec\.privateKey\.size (0|× 1000)$/,
    why: 'refused by the webhook of cert-manager, which knows the sizes of each algorithm',
  },
  {
    mutants: removed(
      'IngressRoute spec\\.(entryPoints|routes\\[\\]\\.(kind|middlewares|priority|services|services\\[\\]\\.kind))',
    ),
    why: 'port 80 leads nowhere then: nothing is served without TLS, since HSTS and redirects are Traefik’s own (HelmChartConfig)',
  },
  {
    mutants: /^number changed: IngressRoute spec\.routes\[\]\.priority (0|× 1000)$/,
    why: 'the challenge of Let’s Encrypt is longer, so it is asked first by length; above it renewal is tried in dev first',
  },
  {
    mutants: removed('Middleware spec\\.redirectScheme(\\.\\w+)?'),
    why: 'Traefik refuses it and logs it; visitors of port 80 are told nothing, those of 443 are served',
  },
  {
    mutants:
      /^(resource removed: Middleware|switch flipped: Middleware spec\.redirectScheme\.permanent false)$/,
    why: 'the one of port 80, as above; those of routes are seen (24)',
  },
  {
    mutants: removed('Service spec\\.sessionAffinity'),
    why: 'numbers of Valkey jump from one of the three to another; nobody else goes through that Service',
  },
  // For people.
  {
    mutants: removed('(ConfigMap|CronJob|StatefulSet) .*metadata(\\.labels)?'),
    why: 'labels for people: nothing selects ConfigMaps, jobs of a CronJob, or claims',
  },
  {
    mutants: removed('Job metadata\\.annotations'),
    why: 'the hook of Argo CD: belongs to the checks of delivery',
  },
  {
    mutants:
      /^(key renamed|field removed): Middleware spec\.headers\.customResponseHeaders( Server Servre|\.Server Servre)?$/,
    why: 'it hides the name of a server; nothing depends on it',
  },
  // What the processes themselves tell at their start, in tests that start them with the files of deploy.
  {
    mutants: removed(`\\w+ ${POD}\\.(containers|initContainers)\\[\\]\\.(args|command|env|volumeMounts)`),
    why: 'a process without what it must be told ends at once, and is never ready (test/platform/wrong-configurations.ts)',
  },
  {
    mutants: removed(`StatefulSet ${POD}\\.initContainers`),
    why: 'the server finds no cluster, ends, and is never ready',
  },
  {
    mutants: removed(`\\w+ ${POD}\\.securityContext\\.(fsGroup|fsGroupChangePolicy|runAsGroup)`),
    why: 'where there is no claim an emptyDir is open to all (0777), and group 0 owns nothing that is not; with one it is seen (75)',
  },
  {
    mutants:
      /^(field removed|switch flipped): StatefulSet spec\.template\.spec\.containers\[\]\.volumeMounts\[\]\.readOnly( false)?$/,
    why: 'the reloader could write what it reads; it does not, and both are one user',
  },
  {
    mutants:
      /^(field removed|switch flipped): StatefulSet spec\.template\.spec\.volumes\[\]\.secret\.(items|defaultMode|optional)( false)?$/,
    why: 'the keys of the bootstrap: who must not read them is decided by RBAC; without them it waits for a person',
  },
  {
    mutants: /^(field removed|switch flipped): Service spec\.publishNotReadyAddresses( false)?$/,
    why: 'a sealed Vault is reached by nobody but a person then, who has port-forward',
  },
  {
    mutants: /^probe swapped: (Deployment|StatefulSet) spec\.template\.spec\.containers\[\] swapped$/,
    why: 'both ask the process itself, and nothing behind it; the API’s, where it matters, is seen (27)',
  },
  {
    mutants: removed('TLSOption spec\\.(cipherSuites|sniStrict)'),
    why: 'Traefik’s own are as strict; strangers get its self-signed certificate',
  },
  {
    mutants: /^switch flipped: TLSOption spec\.sniStrict false$/,
    why: 'strangers get Traefik’s self-signed certificate',
  },
  {
    mutants:
      /^(field removed|switch flipped): ClusterIssuer spec\.acme\.solvers\[\]\.http01\.ingress\.podTemplate.*$/,
    why: 'Pod Security refuses the solver, which cert-manager tells in its Challenge',
  },
  {
    mutants:
      /^(field removed|switch flipped): Middleware spec\.headers\.(frameDeny|stsIncludeSubdomains)( false)?$/,
    why: 'the API and nginx say both themselves (deploy/images/frontend/headers.conf)',
  },
  {
    mutants: removed(
      'Middleware spec\\.(buffering|buffering\\.maxRequestBodyBytes|rateLimit\\.(burst|period))',
    ),
    why: 'nginx and the API have limits of their own (docs/limits.md); a burst of 1 and a period of 1 s are the default',
  },
  {
    mutants: removed('ServersTransport spec\\.forwardingTimeouts(\\.\\w+)?'),
    why: 'the default: 30 s to connect, 90 s idle',
  },
  {
    mutants: removed(
      'Deployment spec\\.template\\.spec\\.topologySpreadConstraints\\[\\]\\.(labelSelector\\.matchLabels|matchLabelKeys)',
    ),
    why: 'with one node there is nothing to spread; prod-ha is checked for its selector (29)',
  },
];
