// The chapters and exercises with their state; a click opens one.

import { ReactWidget } from '@jupyterlab/ui-components';
import { type JSX, useState } from 'react';
import { found, minutesLeft, type Row, type State } from './course';

const MARKS: Record<State, string> = { 'not begun': '○', 'under way': '◐', done: '●' };

export interface Place {
  path: string;
  cell: number;
}

export class CoursePanel extends ReactWidget {
  private rows: Row[] | null = null;
  private last: Place | null = null;

  constructor(private readonly open: (place: Place) => void) {
    super();
    this.addClass('fwlab-section');
    this.title.label = 'Course';
  }

  /** Shows rows; null where the folder has no course. */
  showRows(rows: Row[] | null): void {
    this.rows = rows;
    this.update();
  }

  /** Offers to go on at a place. */
  showLast(place: Place | null): void {
    this.last = place;
    this.update();
  }

  protected override render(): JSX.Element {
    return <Course rows={this.rows} last={this.last} open={this.open} />;
  }
}

function Course(props: { rows: Row[] | null; last: Place | null; open: (place: Place) => void }): JSX.Element {
  const [question, ask] = useState('');
  const { rows, last, open } = props;
  if (!rows) {
    return (
      <p>
        This folder has no course. Start <code>fwlab lab</code> in a terminal, or open the folder that has{' '}
        <code>notebooks/</code> in it.
      </p>
    );
  }
  const shown = found(rows, question);
  const lastRow =
    last && rows.find(row => row.chapter.notebook === last.path || row.chapter.exercise?.notebook === last.path);
  return (
    <>
      <p>
        {rows.filter(row => row.state === 'done').length} of {rows.length} done, about {minutesLeft(rows)} minutes left
      </p>
      {last && lastRow && (
        <button className="jp-mod-styled jp-mod-accept fwlab-wide" onClick={() => open(last)}>
          Continue: {lastRow.chapter.title}
          {last.path === lastRow.chapter.notebook ? '' : ', exercise'}
        </button>
      )}
      <input
        className="jp-mod-styled fwlab-wide"
        type="search"
        aria-label="Search the course"
        placeholder="Search titles and headings"
        value={question}
        onChange={event => ask(event.target.value)}
      />
      <p role="status" className="fwlab-quiet">
        {question && `${shown.length} of ${rows.length} chapters`}
      </p>
      <ul className="fwlab-list">
        {shown.map(row => (
          <li key={row.chapter.number}>
            <span
              className={`fwlab-mark fwlab-${row.state.replace(' ', '-')}`}
              title={row.state}
              role="img"
              aria-label={row.state}
            >
              {MARKS[row.state]}
            </span>
            <div>
              <button className="fwlab-link" onClick={() => open({ path: row.chapter.notebook, cell: 0 })}>
                {Number(row.chapter.number)} · {row.chapter.title}
              </button>
              <div className="fwlab-quiet">
                {row.chapter.minutes} minutes
                {row.chapter.exercise && (
                  <>
                    {' · '}
                    <button
                      className="fwlab-link"
                      onClick={() => open({ path: row.chapter.exercise?.notebook ?? '', cell: 0 })}
                      aria-label={`Exercise ${Number(row.chapter.number)}: ${row.points} of ${row.outOf} points`}
                    >
                      exercise {row.points}/{row.outOf}
                    </button>
                  </>
                )}
              </div>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
