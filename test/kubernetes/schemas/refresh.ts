/**
 * `node test/kubernetes/schemas/refresh.ts`: makes kubernetes.json and custom.json of the modules of sources.ts. Needs Go
 * and the network; the two files are committed, so nothing else does.
 * kubernetes.json: the definitions that the kinds of `groups` reach, without their prose.
 * custom.json: the schema of each served version of each custom resource, likewise.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { custom, groups, kubernetes, type SchemaSource } from './sources.ts';

type Json = Record<string, unknown>;
type GroupVersionKind = { group: string; version: string; kind: string };

const folder = mkdtempSync(join(tmpdir(), 'homepage-schemas-'));
try {
  writeLines('kubernetes.json', definitionsOf(kubernetes));
  writeLines('custom.json', Object.assign({}, ...custom.map(resourcesOf)) as Json);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** @returns the texts of its files. @throws Error when the module is not the one of the checksum */
function download({ module, version, sum, files }: SchemaSource): string[] {
  const env = { ...process.env, GOMODCACHE: join(folder, 'modules'), GOFLAGS: '-modcacherw' };
  const answer = execFileSync('go', ['mod', 'download', '-json', `${module}@${version}`], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  const got = JSON.parse(answer) as { Dir: string; Sum: string };
  if (got.Sum !== sum)
    throw new Error(`${module}@${version} has the checksum ${got.Sum}; sources.ts says ${sum}`);
  return files.map((file) => readFileSync(join(got.Dir, file), 'utf8'));
}

function definitionsOf(source: SchemaSource): Json {
  const { definitions } = JSON.parse(download(source)[0]!) as { definitions: Record<string, Json> };
  const wanted = Object.keys(definitions).filter((name) => {
    const kinds = (definitions[name]!['x-kubernetes-group-version-kind'] ?? []) as GroupVersionKind[];
    return kinds.some(
      ({ group, version, kind }) => groups.includes(`${group}/${version}`) && !kind.endsWith('List'),
    );
  });
  const reached = new Set<string>();
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    const references = JSON.stringify(definitions[name]).matchAll(/"#\/definitions\/([^"]+)"/g);
    wanted.push(...[...references].map(([, reference]) => reference!));
  }
  return Object.fromEntries([...reached].sort().map((name) => [name, withoutProse(definitions[name])]));
}

type CustomResourceDefinition = {
  spec: {
    group: string;
    names: { kind: string };
    versions: { name: string; served: boolean; schema: { openAPIV3Schema: Json } }[];
  };
};

function resourcesOf(source: SchemaSource): Json {
  const documents = download(source).flatMap((text) =>
    parseAllDocuments(text).map((document) => document.toJS() as CustomResourceDefinition | null),
  );
  return Object.fromEntries(
    documents
      .filter((document) => document !== null)
      .flatMap(({ spec: { group, names, versions } }) =>
        versions
          .filter(({ served }) => served)
          .map(({ name, schema }) => [
            `${group}/${name} ${names.kind}`,
            withoutProse(schema.openAPIV3Schema, ['status']),
          ]),
      ),
  );
}

/** Without what says nothing about which fields there are. Properties may be called "description" themselves. */
function withoutProse(schema: unknown, without: string[] = []): unknown {
  if (Array.isArray(schema)) return schema.map((item) => withoutProse(item));
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema as Json).filter(
    ([key]) => !['description', 'x-kubernetes-validations', 'example', 'title'].includes(key),
  );
  return Object.fromEntries(
    entries.map(([key, value]) => [
      key,
      key === 'properties' ? propertiesOf(value as Json, without) : withoutProse(value),
    ]),
  );
}

function propertiesOf(properties: Json, without: string[]): Json {
  const kept = Object.entries(properties).filter(([name]) => !without.includes(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, withoutProse(value)]));
}

/** One line a definition, so that a new version can be read as a difference. */
function writeLines(file: string, schemas: Json): void {
  const lines = Object.entries(schemas).map(
    ([name, schema]) => `${JSON.stringify(name)}: ${JSON.stringify(schema)}`,
  );
  writeFileSync(join(import.meta.dirname, file), `{\n${lines.join(',\n')}\n}\n`);
  console.error(`${file}: ${lines.length} schemas`);
}
