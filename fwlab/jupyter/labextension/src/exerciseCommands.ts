// What one can do with an exercise: from its own toolbar, a cell's, the palette, or the keyboard.

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Dialog, type ICommandPalette, type IToolbarWidgetRegistry, Sanitizer, showDialog } from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { ToolbarButton } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';
import { check, exerciseOf, taskOf } from './exercise';
import type { Links } from './links';
import { quoted } from './pythonText';

const CATEGORY = 'fwlab';

interface Action {
  id: string;
  label: string;
  caption: string;
  /** Does it with a notebook; `name` is the task that the cursor is in, or the exercise. */
  run: (panel: NotebookPanel, name: string) => Promise<void>;
}

export function addExerciseCommands(
  app: JupyterFrontEnd,
  notebooks: INotebookTracker,
  links: Links,
  palette: ICommandPalette | null,
  toolbars: IToolbarWidgetRegistry | null
): void {
  const actions = exerciseActions(links);
  const start = (action: Action, panel: NotebookPanel | null) => {
    const exercise = exerciseOf(panel);
    return panel && exercise ? action.run(panel, taskOf(panel.content.activeCell) ?? exercise) : Promise.resolve();
  };
  const open = () => exerciseOf(notebooks.currentWidget) !== null;
  for (const action of actions) {
    const { id, label, caption } = action;
    app.commands.addCommand(id, {
      label,
      caption,
      isVisible: open,
      isEnabled: open,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => start(action, notebooks.currentWidget)
    });
    palette?.addItem({ command: id, category: CATEGORY });
    toolbars?.addFactory<NotebookPanel>('Notebook', id.replace(':', '-'), panel => {
      const button = new ToolbarButton({ label, tooltip: caption, onClick: () => void start(action, panel) });
      // Whether a notebook is an exercise is known when its file has been read.
      void panel.context.ready.then(() => button.setHidden(exerciseOf(panel) === null));
      button.hide();
      return button;
    });
  }
  toolbars?.addFactory<Cell>('Cell', 'fwlab-check', cell => {
    const task = taskOf(cell);
    const judge = () => {
      const panel = notebooks.find(({ content }) => content.widgets.includes(cell));
      if (panel) void check(panel, task);
    };
    const button = new ToolbarButton({ label: 'Check', tooltip: `Judge ${task}`, onClick: judge });
    button.setHidden(task === null);
    return button;
  });
}

function exerciseActions(links: Links): Action[] {
  return [
    {
      id: 'fwlab:check',
      label: 'Check',
      caption: 'Judge the task that the cursor is in, or the whole exercise',
      run: panel => check(panel, taskOf(panel.content.activeCell))
    },
    {
      id: 'fwlab:hint',
      label: 'Hint',
      caption: 'The next hint for this task',
      run: async (panel, name) => {
        let said: string;
        do said = await ask(links, panel, 'hint', name);
        while (await tell('Hint', said, /hint (\d+) of (?!\1)/.test(said) ? 'Next hint' : null));
      }
    },
    {
      id: 'fwlab:solution',
      label: 'Solution',
      caption: 'An answer, once yours is right',
      run: async (panel, name) => {
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
        await tell('Solution', await ask(links, panel, button.displayType === 'warn' ? 'insist' : 'solution', name));
      }
    },
    {
      id: 'fwlab:reset',
      label: 'Reset',
      caption: 'Put the starter back, and keep your answer beside it',
      run: async (panel, name) => {
        const { button } = await showDialog({
          title: `Begin ${name} anew?`,
          body: 'The starter takes the place of your answer. The answer is kept in a file beside the notebook.',
          buttons: [Dialog.cancelButton(), Dialog.okButton({ label: 'Reset' })]
        });
        if (!button.accept) return;
        await panel.context.save();
        const said = await ask(links, panel, 'reset', name);
        await panel.context.revert();
        await tell('Reset', said);
      }
    }
  ];
}

/** Asks the notebook's kernel for one of these, and returns what there is to say as HTML. */
async function ask(links: Links, panel: NotebookPanel, asked: string, name: string): Promise<string> {
  const link = links.of(panel);
  if (!link?.attached) return '<p>This notebook’s kernel is not running, or has no fwlab.</p>';
  return link.evaluate(
    `__import__('fwlab.jupyter.panel.dialogs', fromlist=['said']).said(${quoted(asked)}, ${quoted(name)})`
  );
}

/** Shows what was said; returns whether one wants to know more. */
async function tell(title: string, said: string, more: string | null = null): Promise<boolean> {
  const node = document.createElement('div');
  node.className = 'fwlab-said jp-RenderedHTMLCommon';
  node.innerHTML = new Sanitizer().sanitize(said);
  const buttons = [Dialog.okButton({ label: 'Close' })];
  if (more !== null) buttons.unshift(Dialog.createButton({ label: more, accept: true, actions: ['more'] }));
  const { button } = await showDialog({
    title,
    body: new Widget({ node }),
    buttons,
    defaultButton: buttons.length - 1
  });
  return button.actions.includes('more');
}
