import { describe, expect, test } from 'vitest';
import { translate } from './translate.ts';

const lines = (text: string): number => text.split('\n').length;

async function check(path: string, before: string, after: string, reasons: string[] = []): Promise<void> {
  const { body, found } = await translate(path, before, path.includes('_posts'));
  expect(body).toBe(after);
  expect(found.map(({ line, reason }) => `${line} ${reason}`)).toEqual(reasons);
  expect(lines(body)).toBeGreaterThanOrEqual(lines(before));
}

describe("Hugo's shortcodes", () => {
  test.each([
    ['{{< figure src="/img/a.png" alt="A" caption="A \\"b\\"" >}}', '![A](/img/a.png "A \\"b\\"")'],
    ['{{< figure\n  src="a b.png"\n>}}', '![](<a b.png>)\n\n'],
    [
      'x {{< youtube w7Ft2ymGmfc >}} y',
      'x [Video on YouTube](https://www.youtube.com/watch?v=w7Ft2ymGmfc) y',
    ],
    ['{{< gist spf13 7896402 >}}', '[Code on GitHub](https://gist.github.com/spf13/7896402)'],
    ['[a]({{< ref "b.md#c" >}}) [d]({{% relref "/blog/e" %}})', '[a](b.md#c) [d](/blog/e)'],
    [
      '{{< highlight go "linenos=table" >}}\nfunc main() {}\n{{< /highlight >}}',
      '```go\nfunc main() {}\n```',
    ],
    [
      '`{{< youtube x >}}`\n\n```\n{{< youtube x >}}\n```',
      '`{{< youtube x >}}`\n\n```\n{{< youtube x >}}\n```',
    ],
    ['{{</* youtube x */>}}', '`{{< youtube x >}}`'],
  ])('%j', (before, after) => check('a.md', before, after));

  test('one that is not known is named, and its text stays', () =>
    check(
      'a.md',
      'x\n\n{{% notice tip %}}\n**Bold**\n{{% /notice %}}',
      'x\n\n`{{% notice tip %}}`\n**Bold**\n',
      ['3 The shortcode notice tip is not known here.'],
    ));
});

describe("Jekyll's Liquid", () => {
  test.each([
    ['{% highlight ruby linenos %}\nputs 1\n{% endhighlight %}', '```ruby\nputs 1\n```'],
    ['[a]({% post_url 2019-03-04-b %})', '[a](/_posts/2019-03-04-b)'],
    ['![a]({{ site.baseurl }}/a.png)', '![a](/a.png)'],
    ['![a]({{ "/assets/a.png" | relative_url }})', '![a](/assets/a.png)'],
    ['{% include figure.html src="/a.png" caption="C" %}', '![C](/a.png "C")'],
    ['{% include youtube.html id="x1" %}', '[Video on YouTube](https://www.youtube.com/watch?v=x1)'],
    ['a {% comment %}b\nc{% endcomment %} d', 'a \n d'],
    ['`{% raw %}{{ x }}{% endraw %}` and `{{ y }}`', '`{{ x }}` and `{{ y }}`'],
    ['* TOC\n{:toc}\n\n# A {: #id .class}', '\n\n\n# A'],
  ])('%j', (before, after) => check('_posts/a.md', before, after));

  test('what is not known is named and leaves a placeholder', () =>
    check(
      '_posts/a.md',
      'x\n{% for a in b %}{{ a.title }}{% endfor %}',
      'x\n`{% for a in b %}``{{ a.title }}``{% endfor %}`',
      [
        '2 The Liquid {% for a in b %} is not known here.',
        '2 The Liquid {{ a.title }} is not known here.',
        '2 The Liquid {% endfor %} is not known here.',
      ],
    ));

  test('elsewhere it is text', () => check('a.md', '{{ a }} {% b %}', '{{ a }} {% b %}'));
});

describe('MDX', () => {
  test('imports go, pictures and text stay, the rest leaves a placeholder with its line', () =>
    check(
      'a.mdx',
      `import Chart from '../components/Chart'
import photo from './photo.png'
export const year = 2020

# Hello {year}

<Image src={photo} alt="A photo" />

Text **bold** {/* a comment */} and {"text"}.

<Chart data={[1, 2]} />

<Tabs>

- one

</Tabs>

<div className="x" style={{ color: 'red' }}>inside</div>

<YouTube id="abc" />
`,
      `



# Hello \`{year}\`

![A photo](./photo.png)

Text **bold**  and text.

\`<Chart data={[1, 2]} />\`

\`<Tabs>\`



- one



<div className="x">inside</div>

[Video on YouTube](https://www.youtube.com/watch?v=abc)
`,
      [
        "1 Code is not imported: import Chart from '../components/Chart'",
        '3 Code is not imported: export const year = 2020',
        '5 The expression {year} is not worked out here.',
        '11 The component <Chart> is not known here.',
        '13 The component <Tabs> is not known here.',
      ],
    ));

  test('what is not MDX is refused with the line', async () => {
    await expect(translate('a.mdx', 'one\n\n<Open>\n', false)).rejects.toMatchObject({
      code: 'MDX_INVALID',
      line: 3,
    });
  });
});
