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
      'Certificate spec\\.(commonName|duration|renewBefore|issuerRef\\.kind|privateKey\\.\\w+)',
    ),
    why: 'the default: 90 days, a third before their end, RSA 2048, Issuer; the authority’s own name is for people, names of others are seen (83)',
  },
  {
    mutants: /^number changed: Certificate spec\.privateKey\.size (0|× 1000)$/,
    why: 'refused by the webhook of cert-manager, which knows the sizes of each algorithm',
  },
  {
    mutants: removed('IngressRoute spec\\.routes\\[\\]\\.(kind|priority|services\\[\\]\\.kind)'),
    why: 'the same: Rule is the one kind, without a priority the longer rule comes first, a name with @ is no Service',
  },
  {
    mutants: /^number changed: IngressRoute spec\.routes\[\]\.priority 0$/,
    why: 'the same: 0 is none, and by length the questions of Let’s Encrypt come first; above them it is seen (86)',
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
    mutants:
      /^(key renamed|field removed): Middleware spec\.headers\.customResponseHeaders( Server Servre|\.Server Servre)?$/,
    why: 'it hides the name of a server; nothing depends on it',
  },
  // What the processes themselves tell at their start, in tests that start them with the files of deploy.
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
      /^(field removed|switch flipped): (StatefulSet|CronJob) .*\.containers\[\]\.volumeMounts\[\]\.readOnly( false)?$/,
    why: 'the reloader could write what it reads; it does not, and both are one user; what is a Secret cannot be written to',
  },
  {
    mutants:
      /^(field removed|switch flipped): (StatefulSet|CronJob) .*\.volumes\[\]\.secret\.(items|defaultMode|optional)( false)?$/,
    why: 'keys of a person: who must not read them is decided by RBAC; where they must be there the pod waits, and says for what',
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
  // Names that nobody refers to; where somebody does it is seen (19, 25, 80).
  {
    mutants: /^word misspelt: \w+ .*\.(containers|initContainers)\[\]\.name = /,
    why: 'for people: `kubectl logs` takes it; an autoscaler that names one is seen (25)',
  },
  {
    mutants: /^word misspelt: Service spec\.ports\[\]\.name = /,
    why: 'for people: clients are told numbers; an Ingress that names one is seen (19)',
  },
  {
    mutants: /^word misspelt: MutatingWebhookConfiguration webhooks\[\]\.name = /,
    why: 'for people: it is in the messages of the API server',
  },
  {
    mutants: /^word misspelt: ClusterIssuer spec\.acme\.privateKeySecretRef\.name = /,
    why: 'cert-manager makes the Secret, and another account with Let’s Encrypt in it',
  },
  {
    mutants:
      /^word misspelt: \w+ .*\.projected\.sources\[\]\.serviceAccountToken\.(audience = vault|path = token)$/,
    why: 'the token is for show: no role is bound to it (10)',
  },
  {
    mutants: /^word misspelt: (Certificate spec\.commonName = Vault's own authority)$/,
    why: 'for people: a chain is built by keys, and only an authority has this name',
  },
  {
    mutants:
      /^(word misspelt|item lost): Certificate spec\.dnsNames\[\] (vault|vault-bootstrap|localhost|postgresql)$/,
    why: 'for a person on the node or in the pod; names that pods ask for, and localhost where one asks for it, are seen (83)',
  },
  {
    mutants: /^item lost: Certificate spec\.dnsNames\[\] postgresql\.homepage-\*\.svc$/,
    why: 'CloudNativePG makes who shows it: packages/cluster/src/cluster.test.ts holds it to what clients are told',
  },
  // The same by default.
  {
    mutants:
      /^item lost: \w+ .*\[\] (AGENT_INJECT_LISTEN|AGENT_INJECT_LOG_FORMAT|REDIS_EXPORTER_EXPORT_CLIENT_LIST|SECRETS_DIR|--address=:9000|--folder=\/vault\/secrets|--host=\/var\/run\/postgresql)$/,
    why: 'the same: each is the default of its program, or of its log alone; another SECRETS_DIR than /vault/secrets is seen (77)',
  },
  {
    mutants: /^(word misspelt: .* = \/tmp\/data|item lost: CronJob .*\.env\[\] DATA_DIR)$/,
    why: 'any folder below /tmp will do, and without one it names the folder that it cannot write to and ends',
  },
  {
    mutants: /^item lost: TLSOption spec\.cipherSuites\[\] /,
    why: 'fewer are as strict, and every browser has several; one that Go does not know is seen (69)',
  },
  {
    mutants: /^(word misspelt|item lost): Deployment .*\.matchLabelKeys\[\] pod-template-hash$/,
    why: 'with one node there is nothing to spread; a key that no pod has is left out by the scheduler',
  },
  {
    mutants: /^item lost: StatefulSet .*\.containers\[\]\.ports\[\] 9464$/,
    why: 'it listens all the same; where a Service leads to it that is seen (19)',
  },
  {
    mutants: /^item lost: Service spec\.ports\[\] (ops|metrics)$/,
    why: 'for Prometheus, which is not deployed here yet; what visitors ask is seen (19)',
  },
  // What somebody else refuses, or says.
  {
    mutants:
      /^word misspelt: ClusterIssuer .*\.podTemplate\.spec\.securityContext\.seccompProfile\.type = RuntimeDefault$/,
    why: 'the API server refuses the solver, which cert-manager tells in its Challenge',
  },
  {
    mutants: /^word misspelt: StatefulSet .*agent-inject-template-root-(password|user)" = /,
    why: 'the key is not in the secret, which is an error (32): the agent says which one, and the pod waits',
  },
  {
    mutants:
      /^item lost: StatefulSet spec\.template\.spec\.initContainers\[\] (prepare|reloader-agent-init)$/,
    why: 'the server finds no cluster and ends; the reloader ends until the agent beside it has written its files',
  },
  {
    mutants:
      /^(word misspelt|item lost): StatefulSet .*\.args\[\] (\/data\/sentinel\.conf|--sentinel|announce-ip|\$\(POD_NAME\)\.valkey-sentinel)$/,
    why: 'a Sentinel without its file ends, and one that calls itself otherwise is not found by the others: packages/vault/src/sentinels.test.ts has the file',
  },
  {
    mutants: /^word misspelt: StatefulSet spec\.template\.spec\.initContainers\[\]\.args\[\] require\(/,
    why: 'the Sentinel finds no file, and ends',
  },
  {
    mutants: /^word misspelt: ObjectStore spec\.configuration\.s3Credentials\.\w+\.key = /,
    why: 'CloudNativePG says in the state of its Cluster which key is missing; no backup is made, which is told too',
  },
  {
    mutants: /^word misspelt: Pooler spec\.template\.spec\.topologySpreadConstraints\[\]\.\w+ = /,
    why: 'its Deployment is refused, or its pods wait for a node that has the label; nobody goes through it yet',
  },
  {
    mutants: /^refused: ScheduledBackup spec\.schedule minute 61$/,
    why: 'the first of its fields is the second: the webhook of CloudNativePG refuses it',
  },
  {
    mutants:
      /^(field removed|word misspelt|reference typo|item lost): CronJob .*\.volumes\[\]\.projected\.(defaultMode|sources\[\].*(configMap|downwardAPI).*)$/,
    why: 'the job does not find the API server, fails and is tried again; the sign-in of before lives on meanwhile',
  },
  {
    mutants:
      /^(switch flipped: CronJob .*\.automountServiceAccountToken true|privilege added: CronJob .*\.template\.spec token)$/,
    why: 'no other container is beside it: it has the token already, and needs it',
  },
  {
    mutants:
      /^(word misspelt|item lost): (CronJob .*\.args\[\] --(only=snapshot|namespace=vault)|Role rules\[\] .*)$/,
    why: 'Vault knows no such service, or the API server refuses the change: the job fails, and says so',
  },
];
