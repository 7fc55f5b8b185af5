import { describe, expect, it } from 'vitest';
import { type Chapter, found, minutesLeft, rowsOf } from './course';

function chapter(number: string, title: string, points: Record<string, number> | null = null): Chapter {
  const exercise = points && { name: `e${number}`, notebook: `practice/e${number}.ipynb`, points };
  return { number, title, minutes: 30, notebook: `notebooks/${number}.ipynb`, sections: ['Break it'], exercise };
}

const CHAPTERS = [chapter('00', 'Start here', { 'e00.1': 2, 'e00.2': 1 }), chapter('01', 'In a hurry')];

describe('rowsOf', () => {
  it('begins with nothing done', () => {
    expect(rowsOf(CHAPTERS, {}).map(row => [row.state, row.points, row.outOf])).toEqual([
      ['not begun', 0, 3],
      ['not begun', 0, 0]
    ]);
  });

  it('is under way from the first check on, also of a wrong answer', () => {
    const [row] = rowsOf(CHAPTERS, { exercises: { e00: { 'e00.1': { best: { points: 0 }, checks: 1 } } } });
    expect(row?.state).toBe('under way');
  });

  it('is done with all the points', () => {
    const e00 = { 'e00.1': { best: { points: 2 }, checks: 3 }, 'e00.2': { best: { points: 1 }, checks: 1 } };
    expect(rowsOf(CHAPTERS, { exercises: { e00 } })[0]).toMatchObject({ state: 'done', points: 3 });
  });

  it('believes no more points than there are, and no task that it does not know', () => {
    const e00 = { 'e00.1': { best: { points: 99 } }, 'e00.9': { best: { points: 5 } }, 'e00.2': { best: null } };
    expect(rowsOf(CHAPTERS, { exercises: { e00 } })[0]).toMatchObject({ points: 2, outOf: 3 });
  });
});

describe('minutesLeft', () => {
  it('leaves out what is done', () => {
    const e00 = { 'e00.1': { best: { points: 2 } }, 'e00.2': { best: { points: 1 } } };
    expect(minutesLeft(rowsOf(CHAPTERS, { exercises: { e00 } }))).toBe(30);
  });
});

describe('found', () => {
  const rows = rowsOf(CHAPTERS, {});
  it('shows all without a question', () => expect(found(rows, ' ')).toHaveLength(2));
  it('looks at every word, in titles and headings', () => {
    expect(found(rows, 'HURRY break').map(row => row.chapter.number)).toEqual(['01']);
    expect(found(rows, 'hurry deadlock')).toEqual([]);
  });
});
