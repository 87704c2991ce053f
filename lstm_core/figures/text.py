"""The words of the pictures, passed in by the page in its language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FigureText:
    """Every word that a picture shows; `{...}` are filled in, here or in the browser.

    Made from the catalogue's `[figure]` table: `FigureText(**catalogue["figure"])`.
    """

    # the quantities, as a panel's title and in the hover text
    x: str
    h: str
    c: str
    f: str
    i: str
    candidate: str
    o: str
    # the legend of the lines: before the units' numbers, and instead of them where units are many
    unit_lines: str
    lines: str  # {units}
    # the ends of the gates' colour scale
    shut: str
    open: str
    # one cell in words
    step: str  # {step}
    step_word: str  # {step} {word}
    steps_mean: str  # {first} {last}
    unit: str  # {unit}
    feature: str  # {feature}
    value: str  # {value}
    masked: str
    # the axis
    axis: str
    # beside and under a panel's title
    returned: str  # {outputs}
    not_returned: str
    forwards: str
    backwards: str
    masked_steps: str
    masked_zeros: str  # {output}
    some_zeros: str  # {output} {steps}
    widened: str  # {low} {high}
    not_finite: str
    # zooming
    zoom_in: str
    zoom_out: str
    zoom_reset: str
    binned: str  # {size}
    # saving
    save: str
    save_all: str
    save_lines: str  # {name}
    # the sentence, and the description for those who do not see the picture
    summary: str  # {gate} {cell}
    gate_range: str  # {low} {high}
    gate_constant: str  # {value}
    gate_about: str  # {value}
    gate_not_finite: str
    cell_furthest: str  # {unit} {value} {step}
    cell_furthest_step: str  # {value} {step}
    cell_zero: str
    cell_falls: str
    cell_not_finite: str
    all_masked: str
    alt: str  # {steps} {units} {features} {charts}
    alt_lines: str  # {quantities}
    alt_heatmaps: str  # {quantities}
    # two runs beside each other: the titles, the sentence, the description
    in_a: str  # {name}
    in_b: str  # {name}
    difference: str  # {name}
    furthest: str  # {quantity} {apart} {step} {unit}
    furthest_not_finite: str  # {quantity} {step} {unit}
    no_difference: str  # {quantity}
    other_units: str  # {a} {b}
    alt_comparison: str  # {quantity} {steps}

    def quantity(self, name: str) -> str:
        """Return the name of a quantity ("x", "h", "c", "f", "i", "candidate", "o") in words."""
        return str(getattr(self, name))
