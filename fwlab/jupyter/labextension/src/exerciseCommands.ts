// What one can do with the exercise that is open: from its toolbar, the palette, or the keyboard.

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, type ICommandPalette, showDialog } from '@jupyterlab/apputils';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { Widget } from '@lumino/widgets';
import { check, exerciseOf, taskOf } from './exercise';
import type { Link } from './link';
import type { Links } from './links';
import { quoted } from './pythonText';

const CATEGORY = 'fwlab';

export function addExerciseCommands(
  app: JupyterFrontEnd,
  notebooks: INotebookTracker,
  links: Links,
  palette: ICommandPalette | null
): void {
  const { commands } = app;
  const ids: string[] = [];
  const open = () => exerciseOf(notebooks.currentWidget) !== null;

  const add = (
    id: string,
    label: string,
    caption: string,
    run: (panel: NotebookPanel, name: string) => Promise<void>
  ) => {
    commands.addCommand(id, {
      label,
      caption,
      isVisible: open,
      isEnabled: open,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: async () => {
        const panel = notebooks.currentWidget;
        const exercise = exerciseOf(panel);
        if (panel && exercise) await run(panel, taskOf(panel) ?? exercise);
      }
    });
    ids.push(id);
    palette?.addItem({ command: id, category: CATEGORY });
  };

  add('fwlab:check', 'Check', 'Judge the task that the cursor is in, or the whole exercise', panel =>
    check(panel, taskOf(panel))
  );
  add('fwlab:hint', 'Hint', 'The next hint for this task', (_, name) =>
    tell(links.current, 'Hint', `hint(${quoted(name)})`)
  );
  add('fwlab:solution', 'Solution', 'An answer, once yours is right', async (_, name) => {
    const { button } = await showDialog({
      title: `The solution of ${name}`,
      body: 'It is shown once your answer is right. You can insist on seeing it before; that is noted in your progress.',
      buttons: [
        Dialog.cancelButton(),
        Dialog.okButton({ label: 'My answer is right' }),
        Dialog.warnButton({ label: 'I insist', accept: true })
      ]
    });
    if (!button.accept) return;
    const insist = button.displayType === 'warn' ? ', insist=True' : '';
    await tell(links.current, 'Solution', `solution(${quoted(name)}${insist})`);
  });
  add('fwlab:reset', 'Reset', 'Put the starter back, and keep your answer beside it', async (panel, name) => {
    const { button } = await showDialog({
      title: `Begin ${name} anew?`,
      body: 'The starter takes the place of your answer. The answer is kept in a file beside the notebook.',
      buttons: [Dialog.cancelButton(), Dialog.okButton({ label: 'Reset' })]
    });
    if (!button.accept) return;
    await panel.context.save();
    await tell(links.current, 'Reset', `reset(${quoted(name)})`);
    await panel.context.revert();
  });

  // Whether a notebook is an exercise is known when its file has been read; a toolbar's button asks only when it is told.
  const changed = () => ids.forEach(id => commands.notifyCommandChanged(id));
  notebooks.currentChanged.connect((_, panel) => {
    changed();
    void panel?.context.ready.then(changed);
  });
}

/** Asks fwlab.grading for something and shows what it says. */
async function tell(link: Link | null, title: string, call: string): Promise<void> {
  const said = link?.attached
    ? await link.evaluate(`str(__import__('fwlab.grading', fromlist=['*']).${call})`)
    : 'This notebook’s kernel is not running, or has no fwlab.';
  const body = document.createElement('pre');
  body.className = 'fwlab-said';
  body.textContent = said;
  await showDialog({ title, body: new Widget({ node: body }), buttons: [Dialog.okButton({ label: 'Close' })] });
}
