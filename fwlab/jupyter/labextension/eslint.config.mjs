import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(tseslint.configs.strictTypeChecked, {
  languageOptions: { parserOptions: { project: 'tsconfig.lint.json' } },
  rules: {
    '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    '@typescript-eslint/unbound-method': 'off', // a Lumino signal binds what it calls: connect(method, this)
    '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }]
  }
});
