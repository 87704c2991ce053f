"""Code that is short and asks for much: memory, time, or both. Each by a name that says of what."""

from __future__ import annotations

HEAD = "import numpy as np\nfrom keras.layers import LSTM\nlayer = LSTM(4)\n"
BIG = "a = np.zeros((9, 1000, 32))\n"
LARGEST = "a = np.zeros((32, 1000, 32))\n"
SINE = "def sine(t):\n    return np.sin(2 * np.pi * t / 12)\n"
LONG = f"s = '{'x' * 250_000}'\n"
ITEMS = "n = [0] * 10000\n"


def again(line: str, count: int) -> str:
    """The line `count` times, `#` in it being the number of each."""
    return "".join(line.replace("#", str(number)) + "\n" for number in range(count))


def rounds(body: str, count: int = 99) -> str:
    """A loop that is followed round by round, because it resets the layer."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"for i in range({count}):\n    layer.reset_state()\n{lines}"


def nested(head: str, levels: int, body: str) -> str:
    """Blocks within blocks, and in the innermost the body's lines."""
    blocks = "".join(" " * level + head + "\n" for level in range(levels))
    return blocks + "".join(" " * levels + line + "\n" for line in body.splitlines())


REVIEWED = {
    "an array 400 times in a list": LARGEST + "b = np.array([a] * 400)\nLSTM(4)(b)",
    "an array 2,000 times in a list": LARGEST + "b = np.array([a] * 2000)\nLSTM(4)(b)",
    "an array 10,000 times in a list": LARGEST + "b = np.array([a] * 10000)\nLSTM(4)(b)",
    "a smaller array 2,000 times": BIG + "b = np.array([a] * 2000)\nLSTM(4)(b)",
    "a long text 2,000 times in a list": LONG + "b = np.array([s] * 2000)\nLSTM(4)(b)",
    "a long text 10,000 times in a list": LONG + "b = np.array([s] * 10000)\nLSTM(4)(b)",
    "a layer called on many arrays": HEAD + BIG + "layer([a] * 10000)",
    "weights that are many arrays": HEAD + BIG + "layer(np.ones((1, 2, 3)))\nlayer.set_weights([a] * 10000)",
    "calls on equal lists of arrays": HEAD + BIG + "b = [a] * 9000\nc = [a] * 9000\nlayer(b)\nlayer(c)",
    "quotes behind backslashes": r"\"" * 7400 + "a" * 284_000,
    "other quotes behind backslashes": r"\'" * 7400 + "a" * 284_000,
    "numbers put into arrays in a loop": HEAD + BIG + rounds(again("a[0] = 1", 2000)),
    "names like LSTM in a loop": HEAD + rounds(again("LST(1)", 2000)),
}
"""Those of the attack on version 1, in their kinds."""

MEMORY = {
    "many lists": again("b# = [0] * 9999", 1800) + "LSTM(4)",
    "many lists of a list": ITEMS + again("b# = n * 1", 2400) + "LSTM(4)",
    "many arrays": again("b# = np.zeros(300000)", 1400) + "LSTM(4)",
    "many small arrays": again("b# = np.zeros(30000)", 1400) + "LSTM(4)",
    "arrays of bytes": LONG + again("b# = np.zeros(300000, 'bool')", 1400) + "LSTM(4)",
    "many decoded texts": f"import base64\ns = '{'AAAA' * 60_000}'\n"
    + again("b# = base64.b64decode(s)", 1800)
    + "LSTM(4)",
    "arrays within lists within lists": BIG + "b = [[a] * 100] * 100\nnp.array(b)\nLSTM(4)(b)",
    "weights that are long lists": HEAD + "layer.set_weights([[0] * 9999] * 9999)\nlayer(np.ones((1, 2, 3)))",
    "states that are many arrays": HEAD + BIG + "layer(np.ones((1, 2, 3)), initial_state=[[a] * 999, [a] * 999])",
    "a mask of many arrays": HEAD + BIG + "layer(np.ones((1, 2, 3)), mask=[a] * 9999)",
    "states as large as can be": HEAD
    + "a = np.ones((300, 1000))\nb = np.ones((300, 1000))\nx = np.ones((9, 1000, 32))\n"
    "layer(x, initial_state=[a, b], mask=np.ones((300, 1000)))",
    "copies that are changed": BIG + again("b# = a.copy()\nb#[0] = 1", 700) + "LSTM(4)",
    "copies of one array": BIG + again("b = a\nb[0] = 1", 1400) + "LSTM(4)",
    "sums of arrays": BIG + again("b# = a + a", 1800) + "LSTM(4)",
    "arrays turned round": BIG + again("b# = a.T.reshape(-1)", 900) + "LSTM(4)",
    "arrays of another type": BIG + again("b# = a.astype('float32')", 1400) + "LSTM(4)",
    "an array broadcast": "a = np.ones((300000, 1))\nb = np.ones((1, 300000))\nLSTM(4)(a * b)",
    "an array broadcast by a list": "a = np.ones((300000, 1))\nLSTM(4)(a * ([1] * 10000))",
    "parts put into a broadcast": "a = np.ones((1000, 300))\n" + again("a[:, :] = [1]", 1200) + "LSTM(4)",
    "draws": "g = np.random.default_rng(0)\n" + again("b# = g.normal(0, 1, 300000)", 900) + "LSTM(4)",
    "many layers": again("b# = LSTM(4, name='x')", 1400),
    "many calls": HEAD + again("layer(layer)", 3600),
    "many inputs": again("Input((1, 2))", 1800) + "LSTM(4)",
    "many functions": again("def f#(a=1): pass", 1600) + "LSTM(4)",
    "functions defined in a loop": HEAD + rounds("def f(a=1, b=2): a = 1\n" * 900),
    "lists kept by lists in a loop": "b = []\n" + HEAD + rounds("b = [b, " + "0, " * 6000 + "]"),
    "statements on one line": "a=[a]*9999;" * 1500 + "LSTM(4)",
    "other layers": again("GRU(1)", 3500) + "LSTM(4)",
    "long names of other layers": "CuDNNLSTM(" + "a" * 280_000 + ")\nLSTM(4)",
    "an open string of the longest code": "a = '" + "(" * 299_000,
    "numbers of many digits": again("a = " + "9" * 4000, 70) + "LSTM(4)",
}

TIME = {
    "loops in a loop that decode": f"s = '{'AAAA' * 50_000}'\n" + HEAD + rounds(again("base64.b64decode(s)", 1500)),
    "long lists looked through": ITEMS + again("np.array(n)", 2400) + "LSTM(4)",
    "long lists that are no numbers": ITEMS + again("np.array([n, 's'])", 1300) + "LSTM(4)",
    "long lists as shapes": ITEMS + again("np.zeros(n)", 2400) + "LSTM(4)",
    "lists of lists": "a = [1]\n" + "a = [a, a]\n" * 40 + again("np.array(a)", 2000) + "LSTM(4)",
    "an array that is called": BIG + again("a()", 3600) + "LSTM(4)",
    "arrays of a type that is none": again("np.full(300000, 1, 'x')", 1100) + "LSTM(4)",
    "ranges of a type that is none": again("np.arange(0, 300000, 1, 'x')", 1000) + "LSTM(4)",
    "spans of a type that is none": again("np.linspace(0, 1, 300000, dtype='x')", 1000) + "LSTM(4)",
    "sines": SINE + "a = np.ones(300000)\n" + again("sine(a)", 3000) + "LSTM(4)",
    "generators": again("np.random.default_rng(#)", 1600) + "LSTM(4)(np.ones((1, 2, 3)) * np.ones((1, 2, 1)) + 0.5)",
    "generators in a loop": HEAD + rounds(again("np.random.default_rng(7)", 1500)),
    "names like LSTM": again("LST#(1)", 2900),
    "names somewhat like LSTM": again("LXTX(1)", 3400),
    "methods that are none": HEAD + again("layer.zzz#()", 2400),
    "a method of a long name": HEAD + again("layer." + "reset_stat" * 2800 + "()", 9),
    "loops over huge ranges": HEAD + "for i in range(-9223372036854775807, 9223372036854775807):\n    layer(x)",
    "loops in loops": HEAD + nested("for i in range(9):", 18, "layer.reset_state()"),
    "loops that reset": HEAD + nested("for i in range(99):", 3, "layer.reset_state()\n" + again("a = 1", 3000)),
    "statements read over in a loop": HEAD + rounds("while a:\n" + again(" a = b + c", 2000)),
    "calls read over": again("print_this(a, b, c, d)", 1000) + "LSTM(4)",
    "calls read over in calls": "Fn(" * 38 + "[" + "1," * 7000 + "]" + ")" * 38 + "\nLSTM(4)",
    "other LSTMs in each other": "CuDNNLSTM(" * 38 + "[" + "1," * 7000 + "]" + ")" * 38 + "\nLSTM(4)",
    "the same in a loop": HEAD + rounds("CuDNNLSTM(" * 30 + "[" + "1," * 3000 + "]" + ")" * 30),
    "functions in functions": nested("def f():", 90, again("a = b + c + d", 1500)),
    "functions of our names in each other": nested("def sine(t):", 90, again("a = b + c + d", 1500)),
    "functions in a loop": HEAD + rounds(nested("def sine(t):", 8, again("a = b", 1500))),
    "a function of one long line": HEAD + rounds("def sine(t): return [" + "t," * 7000 + "]"),
    "calls that are compared": HEAD + BIG + "b = a + 0\n" + again("layer(a)\nlayer(b)", 1800),
    "lists that are compared": HEAD + ITEMS + "m = n * 1\n" + again("layer(n)\nlayer(m)", 1800),
    "looking into a list": ITEMS + HEAD + rounds(again("if i in n: pass", 1600)),
    "parts of an array": BIG + again("a[0, 1:2, ::-1]", 1000) + "LSTM(4)",
    "puts into all of an array": BIG + again("a[:] = 1", 1800) + "LSTM(4)",
    "puts that copy": BIG + again("a[0] = a[1]", 1100) + "LSTM(4)",
    "texts in lists put together": "a = " + "'x' " * 14_000 + "\nLSTM(4)",
    "formatted texts": "LSTM(f'" + "{a}" * 60_000 + "')",
    "code in a formatted text": "LSTM(f'{[" + "1, " * 90_000 + "]}')",
    "sums in a formatted text": "LSTM(f'{" + "a-" * 140_000 + "a}')",
    "code behind a text in a formatted text": 'LSTM(f"{"\'"}" + str([' + "1, " * 90_000 + "]))",
    "code behind a closed one": 'LSTM(f"{"\'"}" + str([' + "1, " * 90_000 + ']), "\'")',
    "brackets of all kinds, open": "LSTM(" + "[{(" * 13,
    "braces, open": "LSTM(" + "{" * 38 + "a",
    "braces with a colon": "LSTM(" + "{a:" * 38 + "a",
    "brackets with a fault in them": "LSTM(" + "(a, " * 38 + "1 2" + ")" * 38,
    "calls with a fault in them": "LSTM(" + "a(b=" * 38 + "1 2" + ")" * 38,
    "lambdas with a fault": "LSTM(" + "(lambda a: " * 38 + "1 2" + ")" * 38,
    "targets in brackets": "for " + "(" * 39 + "a" + ")" * 39 + " in b c: LSTM(4)",
    "patterns in brackets": "match a:\n    case " + "[" * 39 + "a b" + "]" * 39 + ":\n        LSTM(4)",
    "slices": "LSTM(a" + "[0:1]" * 2400 + ")",
    "open long strings": ("'''a\n" + '"""b\n') * 30_000,
    "quotes of both kinds": "'\"" * 149_000,
    "backslashes": "\\" * 299_000,
    "backslashes in a string": "'" + "\\" * 299_001,
    "blank lines": " \n" * 149_000 + "LSTM(4",
    "magic lines": "%a\n" * 99_000,
    "prompts": ">>> a\n" * 49_000,
    "initializers": HEAD + again("keras.initializers.Orthogonal(seed=#)", 1200),
    "states that are all different": "g = np.random.default_rng(1)\nLSTM(64)(np.ones((32, 2, 3)), "
    "initial_state=[g.normal(0, 1, (32, 64)), g.normal(0, 1, (32, 64))])",
    "weights that nobody drew": "import numpy as np\ng = np.random.default_rng(1)\nlayer = LSTM(64, "
    "kernel_initializer='he_normal')\nlayer(np.ones((1, 2, 32)))\nlayer.set_weights([g.normal(0, 1, (32, 256)), "
    "g.normal(0, 1, (64, 256)), g.normal(0, 1, 256)])",
    "a mask of many gaps": HEAD
    + "m = np.ones((9, 999), 'bool')\nm[:, ::2] = False\nlayer(np.ones((9, 999, 1)), mask=m)",
    "masks of many gaps": HEAD + "m = np.ones((32, 1000), 'bool')\nm[:, ::2] = False\nm[:9, ::3] = False\n"
    "layer(np.ones((32, 1000, 1)), mask=m)",
    "numbers to be typed": HEAD + "layer(np.random.default_rng(0).normal(0, 1, (8, 1000, 8)))",
    "numbers to be typed after much else": HEAD
    + again("a = b + 1", 2500)
    + "layer(np.random.default_rng(0).normal(0, 1, (8, 1000, 8)))",
    "names to be brought to a normal form": ("ﬁ" * 19 + "\n") * 14_000,
    "a long name to be brought to a normal form": "ﬁ" * 280_000,
    "many short lines": "a\n" * 14_000 + "LSTM(4)",
    "many short lines and lists": again("n = [0] * 10000", 300) + "a\n" * 11_000 + "LSTM(4)",
    "formatted fields": "LSTM(f'" + "{a}" * 4900 + "')",
    "formatted fields in fields": "LSTM(" + "f'{f\"{a}\"}'" * 1300 + ")",
    "flags that are arrays": "h, c = LSTM(4, return_state=np.ones(300000))(x)",
}

BOMBS = REVIEWED | MEMORY | TIME
