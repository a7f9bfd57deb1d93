/** Markdown to safe HTML with all our steps, against the same parser and writer with nothing between them. */
import rehypeStringify from 'rehype-stringify';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { unified } from 'unified';
import { render } from '@homepage/markdown';
import { compared, type Bench, type Turn } from './row.ts';

const BYTES = 15_000;
const WARM_UP = 8;
const TURNS = 15;

const plain = unified().use(remarkParse).use(remarkGfm).use(remarkRehype).use(rehypeStringify).freeze();

export const rendering: Bench = {
  how: `A text of ${BYTES / 1000} kB is rendered in this process, after ${WARM_UP} times that are not counted; the peer is remark-parse, remark-gfm, remark-rehype and rehype-stringify alone: no sanitising, no table of contents, no links and pictures looked after, no highlighting. It happens when a text is saved, never for a visitor.`,
  async run() {
    const rows = [];
    for (const [name, text, most] of [
      ['prose, lists and tables', repeat(PROSE), 4],
      ['the same with code in three languages', repeat(PROSE + CODE), 10],
    ] as const) {
      console.error(`rendering ${name} …`);
      const turns: Turn[] = [];
      for (let turn = -WARM_UP; turn < TURNS; turn++) {
        const times = {
          ours: await milliseconds(() => render(text)),
          peer: await milliseconds(() => plain.process(text)),
        };
        if (turn >= 0) turns.push(times);
      }
      rows.push(compared({ name: `rendering of ${name} / the plain pipeline`, unit: 'ms' }, turns, { most }));
    }
    return rows;
  },
};

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Each time with other headings: they become anchors, which must differ. */
function repeat(text: string): string {
  let all = '';
  for (let part = 1; all.length < BYTES; part++) all += text.replaceAll('§', String(part));
  return all.slice(0, all.lastIndexOf('\n\n', BYTES) + 2);
}

const PROSE = `## A river, part §

A stone lay in the *river*, and the river went **around** it; see [the map](https://example.com/map) and \`grep -r\`.
It had lain there for so long that nobody knew when it came. The water was cold, and it was clear, and it was loud.

- First the snow,
- then the stream,
  - then the mill,
- at last the sea.

| place | height | water |
|---|---:|---|
| spring | 1,840 m | cold |
| mill | 420 m | brown |

> Nobody steps into the same river twice, and nobody steps around the same stone.

`;

const CODE = `### Its length, part §

\`\`\`ts
export async function lengthOf(river: River): Promise<number> {
  const parts = await Promise.all(river.parts.map(async ({ length }) => length ?? 0));
  return parts.reduce((sum, length) => sum + length, 0); // in metres
}
\`\`\`

\`\`\`sh
for file in *.md; do wc -w "$file"; done | sort -n | tail -3
\`\`\`

\`\`\`json
{ "name": "river", "stones": 1, "parts": [{ "length": 1200 }, { "length": null }] }
\`\`\`

`;
