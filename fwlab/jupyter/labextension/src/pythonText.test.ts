import { describe, expect, it } from 'vitest';
import { quoted, unquoted } from './pythonText';

describe('unquoted', () => {
  it.each([
    ["'plain'", 'plain'],
    [`"it's"`, "it's"],
    ["'two\\nlines\\tand a tab'", 'two\nlines\tand a tab'],
    ["'a \\\\n that is none'", 'a \\n that is none'],
    ["'\\x1b \\u25cf \\U0001f354'", '\x1b ● 🍔']
  ])('reads %s', (repr, text) => expect(unquoted(repr)).toBe(text));
});

describe('quoted', () => {
  it('leaves nothing of the text to be code', () => expect(quoted('a" + b\n')).toBe('"a\\" + b\\n"'));
});
