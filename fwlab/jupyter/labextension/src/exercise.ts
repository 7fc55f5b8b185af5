// Check, hint, reset and solution of the exercise that is open: each runs in the learner's kernel, as a cell would.

import { type NotebookPanel, NotebookActions } from '@jupyterlab/notebook';

/** What the metadata of an exercise's cells say; see docs/exercises.md. */
interface About {
  exercise?: string;
  role?: string;
  task?: string;
}

function about(metadata: unknown): About {
  return (metadata as About | undefined) ?? {};
}

/** Returns the name of the exercise that a notebook is, or null. */
export function exerciseOf(panel: NotebookPanel | null): string | null {
  return about(panel?.model?.getMetadata('fwlab')).exercise ?? null;
}

/** Returns the task that the active cell belongs to, or null outside of tasks. */
export function taskOf(panel: NotebookPanel): string | null {
  return about(panel.content.activeCell?.model.getMetadata('fwlab')).task ?? null;
}

/**
 * Runs every cell of a task up to its check, so that the verdict stands under it, and scrolls there.
 *
 * Without a task it does so for the whole exercise.
 */
export async function check(panel: NotebookPanel, task: string | null): Promise<void> {
  const cells = panel.content.widgets;
  const run = cells.filter(cell => {
    const { role, task: of } = about(cell.model.getMetadata('fwlab'));
    const imports = role === 'check' && of === undefined; // the cell that imports `check`
    return cell.model.type === 'code' && (imports || task === null || of === task);
  });
  const last = run.at(-1);
  if (!last) return;
  const active = panel.content.activeCellIndex;
  await NotebookActions.runCells(panel.content, run, panel.sessionContext);
  panel.content.activeCellIndex = active;
  await panel.content.scrollToCell(last, 'smart');
}
