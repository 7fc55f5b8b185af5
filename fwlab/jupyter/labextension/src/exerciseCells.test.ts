import { expect, test } from 'vitest';
import { type About, answerWithLine, tasksOf } from './exerciseCells';

const cells: (About & { id: string; isCode: boolean; source?: string })[] = [
  { id: 'story', role: 'text', isCode: false },
  { id: 'import', role: 'check', isCode: true },
  { id: 'starter', role: 'starter', task: 'e01.1', isCode: true, source: 'app = App()\nserve(app)' },
  { id: 'my-own', isCode: true, source: 'def helper():\n    sleep(1)' },
  { id: 'my-words', isCode: false },
  { id: 'try', role: 'try', task: 'e01.1', isCode: true },
  { id: 'check', role: 'check', task: 'e01.1', isCode: true },
  { id: 'starter-2', role: 'starter', task: 'e01.2', isCode: true },
  { id: 'check-2', role: 'check', task: 'e01.2', isCode: true },
  { id: 'scratch', isCode: true }
];

test('a task has its answer with what was added to it, and neither texts nor trials', () => {
  const { imports, tasks } = tasksOf(cells, cell => cell);
  expect(imports.map(({ id }) => id)).toEqual(['import']);
  expect(tasks.map(({ name, answer, verdict }) => [name, answer.map(({ id }) => id), verdict.id])).toEqual([
    ['e01.1', ['starter', 'my-own'], 'check'],
    ['e01.2', ['starter-2'], 'check-2']
  ]);
});

test('the line that is meant is the one that is quoted', () => {
  const answer = tasksOf(cells, cell => cell).tasks[0]?.answer ?? [];
  const found = (line: number, code: string) => answerWithLine(answer, ({ source }) => source ?? '', line, code)?.id;
  expect(found(2, 'sleep(1)')).toBe('my-own');
  expect(found(2, '')).toBe('starter');
  expect(found(2, 'not there any more')).toBe('starter');
  expect(found(9, 'sleep(1)')).toBeUndefined();
});
