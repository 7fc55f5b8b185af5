// The exercise that is open: its tasks, and how one is checked, in the learner's kernel, as the cells would be run.

import type { Cell, ICodeCellModel } from '@jupyterlab/cells';
import { type NotebookPanel, NotebookActions } from '@jupyterlab/notebook';
import { type About, answerWithLine, tasksOf } from './exerciseCells';

function about(metadata: unknown): About {
  return (metadata as About | undefined) ?? {};
}

/** Returns the name of the exercise that a notebook is, or null. */
export function exerciseOf(panel: NotebookPanel | null): string | null {
  return about(panel?.model?.getMetadata('fwlab')).exercise ?? null;
}

/** Returns the task that a cell belongs to, or null outside of tasks. */
export function taskOf(cell: Cell | null): string | null {
  return about(cell?.model.getMetadata('fwlab')).task ?? null;
}

function tasksIn(panel: NotebookPanel) {
  return tasksOf(panel.content.widgets, cell => ({
    ...about(cell.model.getMetadata('fwlab')),
    isCode: cell.model.type === 'code'
  }));
}

/**
 * Runs the answer of a task and then its check, so that the verdict stands under it, and shows it.
 *
 * Without a task it does so for the whole exercise. Where a cell of the answer fails, its error is shown instead: the
 * kernel has an older answer then, and a verdict on that would mislead.
 */
export async function check(panel: NotebookPanel, task: string | null): Promise<void> {
  const { content: notebook, sessionContext } = panel;
  const { imports, tasks } = tasksIn(panel);
  const { activeCellIndex, mode } = notebook;
  const run = async (cells: Cell[]) =>
    cells.length === 0 || (await NotebookActions.runCells(notebook, cells, sessionContext));
  let shown: Cell | null = null;
  for (const { answer, verdict } of tasks.filter(({ name }) => task === null || name === task)) {
    (verdict.model as ICodeCellModel).clearExecution();
    if (await run(answer)) {
      await run([...imports, verdict]);
      shown ??= verdict;
    } else {
      shown = answer.find(failed) ?? verdict;
      break;
    }
  }
  notebook.activeCellIndex = activeCellIndex;
  if (mode === 'edit') notebook.mode = 'edit';
  if (shown) await show(panel, shown);
}

function failed(cell: Cell): boolean {
  return (cell.model as ICodeCellModel).outputs.toJSON().some(({ output_type }) => output_type === 'error');
}

/** Brings a cell into view with what it put out, as much as fits. */
async function show({ content: notebook }: NotebookPanel, cell: Cell): Promise<void> {
  await drawn();
  const fits = cell.node.offsetHeight < notebook.outerNode.clientHeight;
  await notebook.scrollToItem(notebook.widgets.indexOf(cell), fits ? 'auto' : 'start');
}

/** Waits until the page shows what has come so far. */
export function drawn(): Promise<void> {
  return new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
}

/** Selects the line of an answer that a verdict speaks of; `code` is what the verdict quotes of it, or empty. */
export async function goToLine(panel: NotebookPanel, task: string, line: number, code: string): Promise<void> {
  const { content: notebook } = panel;
  const answer = tasksIn(panel).tasks.find(({ name }) => name === task)?.answer ?? [];
  const cell = answerWithLine(answer, each => each.model.sharedModel.source, line, code);
  if (!cell) return;
  notebook.activeCellIndex = notebook.widgets.indexOf(cell);
  await notebook.scrollToItem(notebook.activeCellIndex);
  await cell.ready;
  notebook.mode = 'edit';
  const text = cell.editor?.getLine(line - 1) ?? '';
  const start = { line: line - 1, column: text.length - text.trimStart().length };
  cell.editor?.setSelection({ start, end: { line: line - 1, column: text.length } });
  cell.editor?.revealPosition(start);
}
