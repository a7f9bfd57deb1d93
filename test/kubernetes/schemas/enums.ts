/**
 * What the API server checks beside its OpenAPI document. First: fields that take one of a few words. The OpenAPI document of Kubernetes says "string" for them; the words are those of
 * https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/.
 */
const CORE = 'io.k8s.api.core.v1';
const protocols = ['TCP', 'UDP', 'SCTP'];

/** By definition and field. */
export const enums: Record<string, Record<string, string[]>> = {
  [`${CORE}.Container`]: {
    imagePullPolicy: ['Always', 'IfNotPresent', 'Never'],
    terminationMessagePolicy: ['File', 'FallbackToLogsOnError'],
  },
  [`${CORE}.ContainerPort`]: { protocol: protocols },
  [`${CORE}.ServicePort`]: { protocol: protocols },
  [`${CORE}.ServiceSpec`]: {
    type: ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'],
    externalTrafficPolicy: ['Cluster', 'Local'],
    internalTrafficPolicy: ['Cluster', 'Local'],
    sessionAffinity: ['ClientIP', 'None'],
  },
  [`${CORE}.PodSpec`]: {
    restartPolicy: ['Always', 'OnFailure', 'Never'],
    dnsPolicy: ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'],
    preemptionPolicy: ['PreemptLowerPriority', 'Never'],
  },
  [`${CORE}.PodSecurityContext`]: { fsGroupChangePolicy: ['Always', 'OnRootMismatch'] },
  [`${CORE}.SeccompProfile`]: { type: ['RuntimeDefault', 'Unconfined', 'Localhost'] },
  // https://kubernetes.io/docs/concepts/workloads/pods/downward-api/, of those that somebody may need.
  [`${CORE}.ObjectFieldSelector`]: {
    fieldPath: [
      ...['metadata.name', 'metadata.namespace', 'spec.nodeName', 'status.podIP'],
      "metadata.labels['apps.kubernetes.io/pod-index']",
    ],
  },
  [`${CORE}.HTTPGetAction`]: { scheme: ['HTTP', 'HTTPS'] },
  [`${CORE}.EmptyDirVolumeSource`]: { medium: ['', 'Memory'] },
  [`${CORE}.PersistentVolumeClaimSpec`]: { volumeMode: ['Filesystem', 'Block'] },
  [`${CORE}.TopologySpreadConstraint`]: {
    whenUnsatisfiable: ['DoNotSchedule', 'ScheduleAnyway'],
    nodeAffinityPolicy: ['Honor', 'Ignore'],
    nodeTaintsPolicy: ['Honor', 'Ignore'],
  },
  [`${CORE}.Toleration`]: {
    operator: ['Exists', 'Equal'],
    effect: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'],
  },
  'io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelectorRequirement': {
    operator: ['In', 'NotIn', 'Exists', 'DoesNotExist'],
  },
  'io.k8s.api.apps.v1.DeploymentStrategy': { type: ['Recreate', 'RollingUpdate'] },
  'io.k8s.api.apps.v1.StatefulSetUpdateStrategy': { type: ['RollingUpdate', 'OnDelete'] },
  'io.k8s.api.apps.v1.StatefulSetSpec': { podManagementPolicy: ['OrderedReady', 'Parallel'] },
  'io.k8s.api.apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy': {
    whenDeleted: ['Retain', 'Delete'],
    whenScaled: ['Retain', 'Delete'],
  },
  'io.k8s.api.batch.v1.CronJobSpec': { concurrencyPolicy: ['Allow', 'Forbid', 'Replace'] },
  'io.k8s.api.networking.v1.HTTPIngressPath': { pathType: ['Exact', 'Prefix', 'ImplementationSpecific'] },
  'io.k8s.api.networking.v1.NetworkPolicyPort': { protocol: protocols },
  'io.k8s.api.policy.v1.PodDisruptionBudgetSpec': {
    unhealthyPodEvictionPolicy: ['IfHealthyBudget', 'AlwaysAllow'],
  },
  'io.k8s.api.storage.v1.StorageClass': {
    reclaimPolicy: ['Retain', 'Delete'],
    volumeBindingMode: ['Immediate', 'WaitForFirstConsumer'],
  },
  'io.k8s.api.rbac.v1.Subject': { kind: ['ServiceAccount', 'User', 'Group'] },
  'io.k8s.api.rbac.v1.RoleRef': { kind: ['Role', 'ClusterRole'], apiGroup: ['rbac.authorization.k8s.io'] },
  'io.k8s.api.admissionregistration.v1.MutatingWebhook': { sideEffects: ['None', 'NoneOnDryRun'] },
  'io.k8s.api.admissionregistration.v1.RuleWithOperations': { scope: ['Cluster', 'Namespaced', '*'] },
  'io.k8s.api.autoscaling.v2.MetricSpec': {
    type: ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'],
  },
  'io.k8s.api.autoscaling.v2.MetricTarget': { type: ['Utilization', 'Value', 'AverageValue'] },
};

/** Fields that take a list of such words. */
export const listEnums: Record<string, Record<string, string[]>> = {
  'io.k8s.api.admissionregistration.v1.RuleWithOperations': {
    operations: ['CREATE', 'UPDATE', 'DELETE', 'CONNECT', '*'],
  },
  // A star is a word, too, and refused by check 10.
  'io.k8s.api.rbac.v1.PolicyRule': {
    verbs: [
      ...['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', '*'],
      ...['escalate', 'bind', 'impersonate', 'use', 'approve', 'sign'],
    ],
  },
  'io.k8s.api.networking.v1.NetworkPolicySpec': { policyTypes: ['Ingress', 'Egress'] },
  [`${CORE}.PersistentVolumeClaimSpec`]: {
    accessModes: ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'],
  },
};

/** Fields that must be there, although the document calls them optional. */
export const required: Record<string, string[]> = {
  [`${CORE}.Container`]: ['image'],
  [`${CORE}.PodTemplateSpec`]: ['metadata', 'spec'],
  [`${CORE}.Service`]: ['spec'],
  [`${CORE}.ServiceSpec`]: ['ports'],
  [`${CORE}.PersistentVolumeClaim`]: ['metadata', 'spec'],
  [`${CORE}.PersistentVolumeClaimSpec`]: ['accessModes', 'resources'],
  [`${CORE}.VolumeResourceRequirements`]: ['requests'],
  [`${CORE}.ConfigMapVolumeSource`]: ['name'],
  [`${CORE}.ConfigMapKeySelector`]: ['name'],
  [`${CORE}.SecretKeySelector`]: ['name'],
  [`${CORE}.SecretVolumeSource`]: ['secretName'],
  'io.k8s.api.apps.v1.Deployment': ['spec'],
  'io.k8s.api.apps.v1.StatefulSet': ['spec'],
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler': ['spec'],
  'io.k8s.api.batch.v1.CronJob': ['spec'],
  'io.k8s.api.batch.v1.Job': ['spec'],
  'io.k8s.api.batch.v1.JobTemplateSpec': ['spec'],
  'io.k8s.api.networking.v1.HTTPIngressPath': ['path'],
  'io.k8s.api.networking.v1.Ingress': ['spec'],
  'io.k8s.api.networking.v1.IngressBackend': ['service'],
  'io.k8s.api.networking.v1.IngressServiceBackend': ['port'],
  'io.k8s.api.networking.v1.NetworkPolicy': ['spec'],
  'io.k8s.api.policy.v1.PodDisruptionBudget': ['spec'],
  'io.k8s.api.rbac.v1.RoleRef': ['apiGroup'],
  'io.k8s.api.rbac.v1.Subject': ['namespace'],
  [`${CORE}.ExecAction`]: ['command'],
  [`${CORE}.HTTPGetAction`]: ['path'],
  'io.k8s.api.admissionregistration.v1.MutatingWebhook': ['rules'],
  'io.k8s.api.admissionregistration.v1.RuleWithOperations': [
    'apiGroups',
    'apiVersions',
    'operations',
    'resources',
  ],
  'io.k8s.api.admissionregistration.v1.WebhookClientConfig': ['service'],
  'io.k8s.api.admissionregistration.v1.ServiceReference': ['path'],
};
