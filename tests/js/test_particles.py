"""The browser fills in Korean texts by the rule that the server has: the same particle after the same words."""

from lstm_core.particles import PAIRS, fill
from tests.js.asked import Node
from tests.readings import WORDS, numbers


def test_browser_and_server_choose_the_same_particles(node: Node) -> None:
    said = [
        *WORDS,
        *(number for number, _ in numbers()),
        *map(chr, range(0xAC00, 0xD7A4, 13)),
        "",
        "é",
        "猫",
        "{은/는}",
    ]
    template = "".join(f"{{said}}{{{pair}}} " for pair in PAIRS) + "**{said}** {said}"
    filled = "([template, all]) => all.map((said) => fill(template, { said }))"
    drawn = node.evaluate(("components/shared/particles.js",), filled, [template, said])
    assert drawn == [fill(template, said=one) for one in said]
