import js from '@eslint/js'
import tseslint from 'typescript-eslint'

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.tap/', 'guise-results/'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      // Numbers are what this program prints most.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // tap itself waits for its subtests and tells of their failures.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafePromises: [
            { from: 'package', name: 'PromiseWithSubtest', package: '@tapjs/core' },
          ],
        },
      ],
      'max-lines': ['error', 200],
      // A type that a schema makes has a name of its own in messages and in the API documentation only as an interface.
      '@typescript-eslint/no-empty-object-type': [
        'error',
        { allowInterfaces: 'with-single-extends' },
      ],
    },
  },
  {
    files: ['test/**'],
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      // tap's match() takes any array for one that matches [], and a prefix for the whole of another.
      'no-restricted-syntax': [
        'error',
        ...[
          '> ArrayExpression.arguments:nth-child(2)',
          '> .arguments:nth-child(2) ArrayExpression',
        ].map(pattern => ({
          selector: `CallExpression[callee.property.name="match"] ${pattern}[elements.length=0]`,
          message: 't.match() takes any array for []: t.same() is meant',
        })),
      ],
    },
  },
  // Plain JavaScript (what runs before anything is installed) has no types to check.
  { files: ['**/*.js', '**/*.cjs'], ...tseslint.configs.disableTypeChecked },
  {
    files: ['**/*.cjs'],
    languageOptions: {
      globals: {
        __dirname: 'readonly',
        module: 'readonly',
        process: 'readonly',
        require: 'readonly',
      },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
)
