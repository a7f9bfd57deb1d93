/** What a visitor typed into a field of the served page before its script came: Svelte would write over it. */
export function typedBefore(name: string): string | undefined {
  return import.meta.env.SSR
    ? undefined
    : document.querySelector<HTMLInputElement | HTMLTextAreaElement>(`[name="${name}"]`)?.value;
}
