import { describe, expect, it } from 'vitest';
import { loopText, requestsText } from './facts';

describe('loopText', () => {
  it('says who holds the loop', () => {
    expect(loopText({ lag: 0, blocked: 1.7, by: 'In[5] line 2' })).toBe('loop BLOCKED 1.7 s by In[5] line 2');
    expect(loopText({ lag: 0, blocked: 0.3, by: '' })).toBe('loop BLOCKED 0.3 s');
  });
  it('says how late a free loop is', () => {
    expect(loopText({ lag: 30, blocked: 0, by: '' })).toBe('loop lag 30 ms');
    expect(loopText({ lag: 0, blocked: 0, by: '' })).toBe('loop free');
  });
});

describe('requestsText', () => {
  it('rounds the rate', () => {
    const server = {
      name: 'main',
      app: 'Shop',
      url: '',
      docs: '',
      port: 1,
      where: 'loop',
      served: 3,
      failed: 0,
      inFlight: 1,
      rate: 1.4
    } as const;
    expect(requestsText(server)).toBe('1 requests/s, 1 in flight, 3 served');
    expect(requestsText({ ...server, failed: 2 })).toMatch(/, 2 failed$/);
  });
});
