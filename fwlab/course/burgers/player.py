"""The animation with a button that holds it and a slider to move through it: a small page within the notebook's page.

It is a page of its own (``<iframe srcdoc>``), since its few lines of script and style shall touch nothing around it,
and since a reader whose notebook is not trusted then finds it gone as a whole, and no loose labels of a drawing.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from fwlab.course.burgers.moving import PLAYS, RESTS, animation
from fwlab.course.burgers.scene import HEIGHT, WIDTH
from fwlab.lab.figures.figure import INK

if TYPE_CHECKING:
    from fwlab.course.burgers.story import Story

_CONTROLS = 44  # pixels below the stage

_STYLE = f"""
html, body {{ margin: 0; height: 100%; background: #ffffff; color: {INK}; font: 14px Verdana, sans-serif; }}
body {{ display: flex; flex-direction: column; }}
svg {{ flex: 1; min-height: 0; width: 100%; }}
p {{ display: flex; align-items: center; gap: 12px; margin: 0; padding: 0 16px; height: {_CONTROLS}px; }}
button {{ width: 6em; padding: 5px; font: inherit; }}
input {{ flex: 1; min-width: 0; }}
output {{ width: 5em; text-align: right; }}
@media (prefers-reduced-motion: reduce) {{ body:not(.held) svg {{ visibility: hidden; }} }}
"""

# Whoever wants no motion gets it held at its beginning; the class says that this has been done.
_SCRIPT = """
const [stage, button, slider, clock] = ["svg", "button", "input", "output"].map(name => document.querySelector(name));
const show = () => {
    slider.value = Math.min(stage.getCurrentTime() % WHOLE, PLAYS);
    clock.value = `${Math.round(slider.value / PLAYS * STORY)} ms`;
};
const hold = still => {
    still ? stage.pauseAnimations() : stage.unpauseAnimations();
    button.textContent = still ? "Play" : "Pause";
    slider.setAttribute("aria-valuetext", clock.value);
};
button.onclick = () => hold(!stage.animationsPaused());
slider.oninput = () => {
    stage.setCurrentTime(Number(slider.value));
    show();
    hold(true);
};
const turn = () => {
    if (!stage.animationsPaused()) show();
    requestAnimationFrame(turn);
};
if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
    stage.setCurrentTime(0);
    hold(true);
    document.body.className = "held";
}
show();
turn();
"""


def player(story: Story) -> str:
    """Return the part of a page that plays the story, and that can be held and moved through by mouse and keyboard."""
    drawing = animation(story).replace(' xmlns="http://www.w3.org/2000/svg"', "", 1)  # HTML knows what an svg is
    figures = {"WHOLE": PLAYS + RESTS, "PLAYS": PLAYS, "STORY": round(1000 * story.seconds)}
    constants = "".join(f"const {name} = {value};\n" for name, value in figures.items())
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>The shop in motion</title><style>{_STYLE}</style>'
        f'<body>{drawing}<p><button type="button">Pause</button><input type="range" min="0" max="{PLAYS}" step="0.1" '
        f'value="0" aria-label="Moment of the story"><output>0 ms</output></p>'
        f"<script>\n{constants}{_SCRIPT}</script></body></html>"
    )
    return (
        f'<iframe title="The shop in motion. {html.escape(story.summary())}" '
        f'style="width: 100%; aspect-ratio: {WIDTH} / {HEIGHT + _CONTROLS}; border: 0;" '
        f"srcdoc='{page.replace('&', '&amp;').replace(chr(39), '&#39;')}'></iframe>"
    )
