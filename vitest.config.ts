import { defineConfig } from 'vitest/config'

const conditions = ['sluice-source']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{packages,apps}/*/{src,test}/**/*.{test,spec}.ts', 'test/**/*.{test,spec}.ts'],
    // The suites that need Debian packages are run by .ci/run through their own configuration.
    exclude: ['**/node_modules/**', '**/*.external.test.ts'],
    reporters: ['default', './test/closing-line-reporter.ts'],
    pool: 'forks',
    // By itself it leaves one core alone, which on two cores is half of them.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
