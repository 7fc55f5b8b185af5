import { describe, expect, it } from 'vitest';
import { blockedStretches } from './loopStrip';

describe('blockedStretches', () => {
  it('is empty while the loop turns', () => expect(blockedStretches([], 5000)).toEqual([]));

  it('goes on to now while the loop is blocked', () => {
    expect(blockedStretches([{ at: 7500, blocked: true }], 10_000, 10_000)).toEqual([{ from: 0.75, to: 1 }]);
  });

  it('forgets what is older than the strip, and cuts what is partly', () => {
    const moments = [
      { at: 0, blocked: true },
      { at: 1000, blocked: false },
      { at: 4000, blocked: true },
      { at: 11_000, blocked: false }
    ];
    expect(blockedStretches(moments, 15_000, 10_000)).toEqual([{ from: 0, to: 0.6 }]);
  });
});
