/** Posts to measure with. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a folder that can be imported. @returns its path */
export function writePosts(folder: string, count: number): string {
  const content = join(folder, `content-${count}`);
  mkdirSync(content);
  for (let number = 0; number < count; number++)
    writeFileSync(join(content, `post-${number}.md`), makePost(number));
  return content;
}

/** Two a day, with two tags each; the newest ten are about stones. */
function makePost(number: number): string {
  const date = new Date(Date.UTC(2026, 0, 1) - number * 43_200_000).toISOString();
  const tags = [`rare-${number % 100}`, number < 10 ? 'stone' : `topic-${number % 10}`];
  const text = 'A stone lay in the river, and the river went around it.\n\n'.repeat(10);
  return `---\ntitle: Post ${number}\ndate: ${date}\ntags: [${tags.join(', ')}]\n---\n\n${text}`;
}

/** The path of the newest post. */
export async function newestPost(address: string): Promise<string> {
  const { items } = (await (await fetch(`${address}/api/v1/posts`)).json()) as { items: { url: string }[] };
  return items[0]!.url;
}
