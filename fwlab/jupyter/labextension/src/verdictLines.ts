// The lines that a verdict speaks of lead to where they are, by mouse and by keyboard.

import { type INotebookTracker, type NotebookPanel, NotebookActions } from '@jupyterlab/notebook';
import { drawn, goToLine, taskOf } from './exercise';

/** Makes links of the lines in each verdict, once its cell has run. */
export function linkVerdictLines(notebooks: INotebookTracker): void {
  NotebookActions.executed.connect((_, { notebook, cell }) => {
    const panel = notebooks.find(({ content }) => content === notebook);
    const task = taskOf(cell);
    if (!panel || task === null) return;
    void drawn().then(() => {
      for (const line of cell.node.querySelectorAll<HTMLElement>('.fwlab-verdict .fwlab-line')) {
        makeLink(panel, task, line);
      }
    });
  });
}

function makeLink(panel: NotebookPanel, task: string, line: HTMLElement): void {
  const go = (event: Event) => {
    event.preventDefault();
    event.stopPropagation(); // else the notebook would select the verdict's cell
    void goToLine(panel, task, Number(line.dataset['line']), line.querySelector('code')?.textContent.trim() ?? '');
  };
  line.setAttribute('role', 'link');
  line.tabIndex = 0;
  line.title = 'Go to this line';
  line.dataset['lmSuppressShortcuts'] = 'true'; // else Enter would be the notebook's
  line.onclick = go;
  line.onkeydown = event => {
    if (event.key === 'Enter') go(event);
  };
}
