/**
 * Where the schemas of Kubernetes and of the custom resources come from: Go modules of the projects themselves, pinned by
 * version and by the checksum of sum.golang.org. refresh.ts makes kubernetes.json and custom.json of them.
 */
export type SchemaSource = {
  module: string;
  version: string;
  /** of the whole module, as go.sum has it */
  sum: string;
  /** of the module: an OpenAPI document, or CustomResourceDefinitions */
  files: string[];
};

/** What the API server itself knows. The version is that of docs/versions.md. */
export const kubernetes: SchemaSource = {
  module: 'k8s.io/kubernetes',
  version: 'v1.36.3',
  sum: 'h1:qDQdoMiluAE2Eab6Fa52YV+WjiGz9mZFFoagEA6cI+o=',
  files: ['api/openapi-spec/swagger.json'],
};

/** Kinds that manifests may use: what is stable in the API server. */
export const groups = [
  '/v1',
  'admissionregistration.k8s.io/v1',
  'apiextensions.k8s.io/v1',
  'apiregistration.k8s.io/v1',
  'apps/v1',
  'autoscaling/v2',
  'batch/v1',
  'networking.k8s.io/v1',
  'policy/v1',
  'rbac.authorization.k8s.io/v1',
  'scheduling.k8s.io/v1',
  'storage.k8s.io/v1',
];

export const custom: SchemaSource[] = [
  {
    module: 'github.com/cert-manager/cert-manager',
    version: 'v1.21.2',
    sum: 'h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=',
    files: ['certificates', 'clusterissuers', 'issuers'].map(
      (name) => `deploy/crds/cert-manager.io_${name}.yaml`,
    ),
  },
  {
    module: 'github.com/traefik/traefik/v3',
    version: 'v3.7.13',
    sum: 'h1:T8wy9KuaFzCkmXCqAzDy7t73pBDR1DHrJe3pqXpNXTw=',
    files: ['docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml'],
  },
  {
    // HelmChart and HelmChartConfig, by which K3s is told how to run its own Traefik.
    module: 'github.com/k3s-io/helm-controller',
    version: 'v0.17.9',
    sum: 'h1:HhZTiFhVDzhbAYeb/aSlExWhJTnDTpHypMqu5Mh8Uow=',
    files: ['helmchartconfigs', 'helmcharts'].map(
      (name) => `pkg/crds/yaml/generated/helm.cattle.io_${name}.yaml`,
    ),
  },
  {
    module: 'github.com/cloudnative-pg/cloudnative-pg',
    version: 'v1.30.0',
    sum: 'h1:fnhVq44xXx97MNiuvJsPrX1vSjYbgdyBK5MSGfdHdp0=',
    files: ['clusters', 'poolers', 'scheduledbackups', 'backups', 'databases'].map(
      (name) => `config/crd/bases/postgresql.cnpg.io_${name}.yaml`,
    ),
  },
  {
    module: 'github.com/cloudnative-pg/plugin-barman-cloud',
    version: 'v0.15.0',
    sum: 'h1:gNVytrzzYUE08wxLDrjfJqy1FPPSFkMe1OEr4s4pVI0=',
    files: ['config/crd/bases/barmancloud.cnpg.io_objectstores.yaml'],
  },
];
