// Which cells of an exercise belong together. It knows nothing of JupyterLab.

/** What the metadata of an exercise's cells say; see docs/exercises.md. */
export interface About {
  exercise?: string;
  role?: string;
  task?: string;
}

/** A task: the cells of its answer, and the one that checks it. */
export interface Task<Cell> {
  name: string;
  answer: Cell[];
  verdict: Cell;
}

/**
 * Returns the tasks of an exercise, and the cells that only import `check`.
 *
 * To an answer belongs what the learner has added above its check. Cells to try it out do not, as for `fwlab check`.
 */
export function tasksOf<Cell>(
  cells: readonly Cell[],
  about: (cell: Cell) => About & { isCode: boolean }
): { imports: Cell[]; tasks: Task<Cell>[] } {
  const imports: Cell[] = [];
  const tasks: Task<Cell>[] = [];
  let answer: Cell[] = [];
  for (const cell of cells) {
    const { role, task, isCode } = about(cell);
    if (!isCode || role === 'try') continue;
    if (role !== 'check') {
      answer.push(cell);
    } else if (task === undefined) {
      imports.push(cell);
    } else {
      tasks.push({ name: task, answer, verdict: cell });
      answer = [];
    }
  }
  return { imports, tasks };
}

/** Returns the cell whose line is meant: the one that has what is quoted there, or else the first with so many lines. */
export function answerWithLine<Cell>(
  answer: readonly Cell[],
  source: (cell: Cell) => string,
  line: number,
  code: string
): Cell | undefined {
  const lineOf = (cell: Cell) => source(cell).split('\n')[line - 1];
  return (
    answer.find(cell => code !== '' && lineOf(cell)?.includes(code)) ?? answer.find(cell => lineOf(cell) !== undefined)
  );
}
