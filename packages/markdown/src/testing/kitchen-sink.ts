/** One text with every syntax. */
export const kitchenSink = String.raw`
A first paragraph with *emphasis*, **strength**, ~~mistakes~~, ${'`code`'}, a [link](https://example.com "Title"), www.example.com,
a formula $e^{i\pi} = -1$, a broken one $\frac{$ and a note[^note], mentioned twice[^note]. Break  
here. <kbd>Ctrl</kbd>+<kbd>C</kbd>, H<sub>2</sub>O, <mark>marked</mark>, <abbr title="Too long">TL</abbr>.

# A heading of the first level

## Code 🎉

### ${'`npm start`'} and [a link](/x)

${'```'}ts title="app.ts" {2}
const a: string = ${'`x${1}`'}; // [!code --]
const b = await import('./x.ts'); // [!code ++]
${'```'}

${'```'}diff
- old
+ new
${'```'}

    indented

${'```'}
no language
${'```'}

## Callouts

> [!NOTE]
> Body with a [link](#code).

> [!WARNING] Own *title*
> - a list
>
> ${'```'}sh
> rm -rf /
> ${'```'}

> [!TIP]

> A plain quote
>
> > in a quote

## Figures and tables

![A *cat*](cat.png "The cat")

[![A dog](dog.png "The dog")](/dog)

Inline ![icon](icon.png) image, and one without words ![](line.png).

| Left | Centre | Right |
|:-----|:------:|------:|
| 1    | **2**  | ${'`3`'} |

|      | first | second |
|------|-------|--------|
| one  | a     | b      |

<table><caption>Raw</caption><thead><tr><th scope="col">A</th></tr></thead><tbody><tr><td align="right" bgcolor="red">1</td></tr></tbody></table>

## Lists

- [x] done with a [link](/x)
- [ ] not done

  and more
- no task

3. three
4. four
   1. nested

<dl><dt>Term</dt><dd>Meaning</dd></dl>

<details><summary>More</summary>

Hidden **words**.

</details>

<figure><img src="a.png" alt="A"><figcaption>Raw figure</figcaption></figure>

<pre>raw <b>pre</b></pre>

<p id="here">An id</p>

See [there](#here).

$$
\begin{aligned} a &= \sqrt{b} \\ c &= \boxed{d} \end{aligned}
$$

---

Twice

## Twice

## Twice

[^note]: The note, with ${'`code`'} and a second paragraph.

    Here.
`;
