import { defineConfig } from "vitest/config"

/** The test settings every package shares: 100% coverage of `src`, seeds fixed unless a run asks for others. */
export const packageTests = defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      enabled: true,
      provider: "v8",
      include: ["src/**/*.ts"],
      reporter: ["text-summary", "json-summary"],
      thresholds: { statements: 100, branches: 100, functions: 100, lines: 100 }
    }
  }
})

/** The settings of an app: its tests start processes, which coverage cannot see into. */
export const appTests = defineConfig({
  test: { include: ["test/**/*.test.ts"], maxWorkers: 2, testTimeout: 120_000, hookTimeout: 60_000 }
})
