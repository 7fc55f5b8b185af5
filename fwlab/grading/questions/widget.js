// A sheet of questions with choices. Everything is an ordinary form control, so keyboard and screen reader know it; what
// is right is not in the page: an answer goes to the kernel, and its reply comes back.

let sheets = 0; // names of radio buttons must differ between two views of a page

// Text in which `code` stands between backticks, and what is stressed between asterisks.
function withCode(tag, text, className) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  text.split("`").forEach((part, place) => {
    if (place % 2) {
      element.appendChild(document.createElement("code")).textContent = part;
      return;
    }
    part.split(/\*([^*\n]+)\*/).forEach((words, number) => {
      if (number % 2) element.appendChild(document.createElement("em")).textContent = words;
      else element.append(words);
    });
  });
  return element;
}

function question(item, name, words, send) {
  const form = document.createElement("form");
  const fieldset = form.appendChild(document.createElement("fieldset"));
  const legend = fieldset.appendChild(withCode("legend", item.number + item.text));
  if (item.many) legend.append(` (${words.all})`);
  if (item.code) {
    const code = fieldset.appendChild(document.createElement("pre"));
    code.tabIndex = 0; // a wide program is scrolled by keyboard too
    code.textContent = item.code.trimEnd();
  }
  const rows = [...item.letters].map((letter, place) => {
    const row = fieldset.appendChild(document.createElement("div"));
    const label = row.appendChild(document.createElement("label"));
    const input = label.appendChild(document.createElement("input"));
    input.type = item.many ? "checkbox" : "radio";
    input.name = name;
    input.value = letter;
    label.appendChild(withCode("span", item.choices[place]));
    const remark = row.appendChild(document.createElement("p"));
    remark.className = "fwlab-remark";
    remark.id = `${name}-${letter}`;
    input.setAttribute("aria-describedby", remark.id);
    return { letter, input, row, remark };
  });
  const button = fieldset.appendChild(document.createElement("button"));
  button.type = "submit";
  button.textContent = words.answer;
  // Screen readers say what appears in a status; so it is there, empty, from the beginning.
  const status = fieldset.appendChild(document.createElement("p"));
  status.setAttribute("role", "status");

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = rows.filter((row) => row.input.checked).map((row) => row.letter);
    status.textContent = ""; // so that the same words are said again
    if (chosen.length) send(item.id, chosen);
    else status.textContent = item.many ? words.some : words.one;
  });

  let shown = 0;
  return {
    form,
    show(reply) {
      if (!reply || reply.tries === shown) return;
      shown = reply.tries;
      const mark = reply.right === null ? "" : reply.right ? "✓ " : "✗ ";
      status.textContent = mark + reply.message;
      form.dataset.right = String(reply.right);
      for (const { letter, input, row, remark } of rows) {
        if (reply.chosen.length) input.checked = reply.chosen.includes(letter);
        const said = reply.remarks.find((one) => one.letter === letter);
        row.dataset.right = said ? String(said.right) : "";
        remark.replaceChildren();
        if (said) remark.append(withCode("span", `${said.right ? `✓ ${words.right}` : `✗ ${words.wrong}`}: ${said.text}`));
      }
    },
  };
}

function render({ model, el }) {
  const { title, items, words } = model.get("sheet");
  sheets += 1;
  el.classList.add("fwlab-sheet");
  const section = el.appendChild(document.createElement("section"));
  section.setAttribute("aria-label", title.replaceAll("`", ""));
  if (items.length > 1 || items[0].text !== title) section.appendChild(withCode("p", title, "fwlab-title"));
  const send = (item, chosen) => model.send({ item, chosen });
  const questions = items.map((item, place) => question(item, `fwlab-sheet-${sheets}-${place}`, words, send));
  section.append(...questions.map(({ form }) => form));
  // JupyterLab takes arrow keys, Enter and letters for the notebook's commands, also from within an output: unless the
  // element that has the focus says so itself (on one around it, the attribute comes too late).
  for (const control of section.querySelectorAll("input, button, pre")) control.dataset.lmSuppressShortcuts = "true";
  const update = () => questions.forEach(({ show }, place) => show(model.get("replies")[items[place].id]));
  model.on("change:replies", update);
  update();
  return () => model.off("change:replies", update);
}

export default { render };
