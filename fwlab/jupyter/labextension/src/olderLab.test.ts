import { describe, expect, it } from 'vitest';
import { isOlder } from './olderLab';

describe('isOlder', () => {
  it.each(['4.4.9', '4.0.0', '3.6.8'])('than what the extension is made for: %s', version => {
    expect(isOlder(version)).toBe(true);
  });

  it.each(['4.6.0', '4.6.0rc1', '4.10.2', '5.0.0', '7.0.0', 'unknown', ''])('is not said of %s', version => {
    expect(isOlder(version)).toBe(false);
  });
});
