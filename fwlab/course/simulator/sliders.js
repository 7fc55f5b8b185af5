// Sliders for a world, and the picture of what happens in it. The Python side is sliders.py: it gets a message with the
// numbers whenever one was moved, and sets `picture` (png, alt, says).

const WORDS = {
  users: ["customers", ""],
  wait: ["each waits for", "ms"],
  work: ["each computes for", "ms"],
  threads: ["tokens of the thread pool", ""],
  cores: ["cores", ""],
};
let views = 0; // several views of one page must not share the names of their controls

function made(name, attributes, ...children) {
  const element = document.createElement(name);
  Object.assign(element, attributes);
  element.append(...children);
  return element;
}

function render({ model, el }) {
  const prefix = `fwlab-simulator-${++views}`;
  const world = { ...model.get("world") };
  const send = () => model.send({ ...world });

  const choices = Object.entries(model.get("handlers")).map(([value, text]) =>
    made("option", { value, selected: value === world.handler }, text),
  );
  const handler = made("select", { id: `${prefix}-handler` }, ...choices);
  handler.addEventListener("change", () => {
    world.handler = handler.value;
    send();
  });

  const rows = [made("label", { htmlFor: handler.id }, "the handler is"), handler, made("span", {})];
  for (const [name, [min, max]] of Object.entries(model.get("ranges"))) {
    const [text, unit] = WORDS[name];
    const slider = made("input", { type: "range", id: `${prefix}-${name}`, min, max, value: world[name] });
    const number = made("output", { htmlFor: slider.id });
    const tell = () => {
      number.textContent = `${slider.value} ${unit}`.trim();
      slider.setAttribute("aria-valuetext", number.textContent);
    };
    slider.addEventListener("input", tell);
    slider.addEventListener("change", () => {
      world[name] = Number(slider.value);
      send();
    });
    tell();
    rows.push(made("label", { htmlFor: slider.id }, text), slider, number);
  }

  const controls = made("fieldset", {}, ...rows);
  controls.style.cssText =
    "display:grid;grid-template-columns:max-content minmax(8rem,18rem) 4rem;gap:4px 12px;align-items:center;" +
    "border:none;margin:0;padding:0;color:var(--jp-content-font-color1,inherit);font-size:13px";
  for (const control of controls.querySelectorAll("input, select")) {
    control.dataset.lmSuppressShortcuts = "true"; // in JupyterLab the arrow keys would go to another cell
  }
  const says = made("p", { role: "status" });
  says.style.cssText = "margin:8px 0;color:var(--jp-content-font-color1,inherit)";
  const image = made("img", {});
  image.style.cssText = "max-width:100%;width:760px;background:white";

  const draw = () => {
    const { png, alt, says: sentence } = model.get("picture");
    says.textContent = sentence;
    image.hidden = !png; // the sentence says why there is none
    if (png) Object.assign(image, { src: `data:image/png;base64,${png}`, alt });
  };
  model.on("change:picture", draw);
  draw();
  el.replaceChildren(controls, says, image);
  return () => model.off("change:picture", draw);
}

export default { render };
