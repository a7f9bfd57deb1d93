/** Renders overlays with `kubectl kustomize`, or the pinned kustomize where there is no kubectl: no cluster, no network. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { findProgram, requireProgram } from '@homepage/testkit/programs';
import { parseAllDocuments } from 'yaml';
import type { Overlay, OverlayName, Rendered, Resource } from './resource.ts';

export const folder = resolve(import.meta.dirname, '../../deploy/kubernetes');

const names: OverlayName[] = ['cluster', 'cluster-ha', 'dev', 'prod', 'prod-ha'];

/** Every overlay that there is, each rendered twice. */
export async function render(): Promise<Rendered> {
  const there = names.filter((name) => existsSync(join(folder, 'overlays', name, 'kustomization.yaml')));
  return { overlays: await Promise.all(there.map(renderOverlay)) };
}

async function renderOverlay(name: OverlayName): Promise<Overlay> {
  const [first, second] = await Promise.all([kustomize(name), kustomize(name)]);
  const trouble: string[] = [];
  if (first.error !== '') trouble.push(first.error);
  if (first.text !== second.text) trouble.push('two renders in a row are not the same bytes');
  return { name, resources: parse(first.text), files: fileIndex(name), trouble };
}

type Render = { text: string; error: string };

/** Warnings of kustomize are errors: what is deprecated is gone one day. */
async function kustomize(name: OverlayName): Promise<Render> {
  const overlay = join(folder, 'overlays', name);
  const kubectl = findProgram('kubectl');
  const child = kubectl
    ? spawn(kubectl, ['kustomize', overlay], { stdio: ['ignore', 'pipe', 'pipe'] })
    : spawn(requireProgram('kustomize'), ['build', overlay], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [text, error] = ['', ''].map(() => [] as Buffer[]);
  child.stdout.on('data', (chunk: Buffer) => text!.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => error!.push(chunk));
  const code = await new Promise<number | null>((done) => {
    child.on('error', (problem) => (error!.push(Buffer.from(problem.message)), done(1)));
    child.on('close', done);
  });
  const told = Buffer.concat(error!).toString().trim();
  return {
    text: Buffer.concat(text!).toString(),
    error: code === 0 ? told : told || `kubectl kustomize ended with ${code}`,
  };
}

export const parse = (text: string): Resource[] =>
  parseAllDocuments(text)
    .map((document) => document.toJS() as Resource | null)
    .filter((resource) => resource !== null);

/**
 * Where resources are written down, by kind and name. Of several files with the same kind and name (a base and what an overlay
 * changes) the base is named: it has the field, most of the time.
 */
function fileIndex(overlay: OverlayName): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.ya?ml$/.test(file) && !/kustomization\.ya?ml$/.test(file))
    .filter((file) => !file.startsWith('overlays/') || file.startsWith(`overlays/${overlay}/`))
    .sort();
  const index = new Map<string, string>();
  for (const file of files)
    for (const resource of parse(readFileSync(join(folder, file), 'utf8'))) {
      const key = `${resource.kind} ${resource.metadata?.name}`;
      if (!index.has(key)) index.set(key, relative('.', join('deploy/kubernetes', file)));
    }
  return index;
}
